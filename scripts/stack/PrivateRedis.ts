import { Effect, Redacted, type Scope } from "effect"
import { Redis } from "ioredis"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { defaultQueueName } from "../../layers/environment/redisSettings.ts"
import { programRules } from "../../layers/redis/rights.ts"
import { withLibraries } from "./Command.ts"
import { type PrivateServer, privateServer } from "./PrivateServer.ts"
import type { RedisTool } from "./Tools.ts"

const hash = (password: Redacted.Redacted) => createHash("sha256").update(Redacted.value(password)).digest("hex")

/** The one who may do everything (`default`), and the one that MUTT's programs log in as, who may do what they do. */
interface RedisAccounts {
  readonly adminPassword: Redacted.Redacted
  readonly user: string
  readonly password: Redacted.Redacted
}

const aclFile = "users.acl"

/** Whether this server knows the commands that came with Redis 7.2. A list of users with an unknown one ends it. */
const knowsLater = ({ bin, flavour, libraries }: RedisTool): boolean => {
  if (flavour === "valkey") return true
  const said = execFileSync(bin, ["--version"], {
    encoding: "utf8",
    env: { ...process.env, ...withLibraries(libraries) }
  })
  const [, major, minor] = /v=(\d+)\.(\d+)/.exec(said) ?? []
  return Number(major) * 100 + Number(minor) >= 702
}

/**
 * Writes the users, unless the folder has some: their passwords may have been rotated since, and stay. The rights of
 * the programs' user become those of today in any case.
 */
export const writeUsers = (
  tool: RedisTool,
  data: string,
  users: RedisAccounts,
  options?: { readonly replace?: boolean; readonly rules?: ReadonlyArray<string> | undefined }
) => {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const file = join(data, aclFile)
  const rules = (options?.rules ?? programRules({ queueName: defaultQueueName, knowsLater: knowsLater(tool) })).join(
    " "
  )
  const kept = existsSync(file) && options?.replace !== true ? readFileSync(file, "utf8").trimEnd().split("\n") : [
    `user default on #${hash(users.adminPassword)} ~* &* +@all`,
    `user ${users.user} #${hash(users.password)}`
  ]
  const lines = kept.map((line) => {
    const [word, name, ...rest] = line.split(" ")
    if (word !== "user" || name !== users.user) return line
    return [word, name, ...rest.filter((rule) => /^[#>]|^nopass$/.test(rule)), rules].join(" ")
  })
  writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 })
}

const answers = (port: number, password: Redacted.Redacted): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    const client = new Redis({
      port,
      host: "127.0.0.1",
      username: "default",
      password: Redacted.value(password),
      lazyConnect: true,
      retryStrategy: null,
      maxRetriesPerRequest: 0
    })
    client.on("error", () => {})
    try {
      await client.connect()
      return await client.ping() === "PONG"
    } catch {
      return false
    } finally {
      client.disconnect()
    }
  })

const commandLine = (settings: Record<string, string>) =>
  Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])

/** A Redis or Valkey on the loopback address that keeps what it is told in an append-only file and evicts nothing. */
export const privateRedis = (options: {
  readonly tool: RedisTool
  readonly data: string
  readonly port: number
  readonly adminPassword: Redacted.Redacted
  readonly log: string
  readonly appendfsync?: "always" | "everysec"
  /** More lines of its configuration. */
  readonly settings?: Readonly<Record<string, string>>
}): Effect.Effect<PrivateServer, never, Scope.Scope> =>
  privateServer({
    name: options.tool.flavour === "redis" ? "Redis" : "Valkey",
    launch: {
      program: options.tool.bin,
      args: commandLine({
        port: String(options.port),
        bind: "127.0.0.1",
        dir: options.data,
        aclfile: join(options.data, aclFile),
        appendonly: "yes",
        // What was answered must survive the server. `everysec` does not even survive a kill: while a sync is under way
        // on a slow disk it answers before it writes (2,463 answered entries lost in one of six kills). `always` syncs
        // once for all commands of a turn.
        appendfsync: options.appendfsync ?? "always",
        save: "",
        "maxmemory-policy": "noeviction",
        ...options.settings
      }),
      env: withLibraries(options.tool.libraries),
      log: options.log,
      stopSignal: "TERM"
    },
    ready: () => answers(options.port, options.adminPassword)
  })

export const adminUrl = (port: number, password: Redacted.Redacted) =>
  `redis://default:${Redacted.value(password)}@127.0.0.1:${port}`
