import { Effect, Redacted, type Scope } from "effect"
import { Redis } from "ioredis"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { withLibraries } from "./Command.ts"
import { type PrivateServer, privateServer } from "./PrivateServer.ts"
import type { RedisTool } from "./Tools.ts"

const hash = (password: Redacted.Redacted) => createHash("sha256").update(Redacted.value(password)).digest("hex")

/** The one who may do everything (`default`), and the one that MUTT's programs log in as, who may not administrate. */
interface RedisAccounts {
  readonly adminPassword: Redacted.Redacted
  readonly user: string
  readonly password: Redacted.Redacted
}

const aclFile = "users.acl"

/** Writes the users, unless the folder has some: those may have been rotated since. */
export const writeUsers = (data: string, users: RedisAccounts, options?: { readonly replace?: boolean }) => {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const file = join(data, aclFile)
  if (existsSync(file) && options?.replace !== true) return
  const admin = `user default on #${hash(users.adminPassword)} ~* &* +@all`
  const app = `user ${users.user} on #${hash(users.password)} ~* &* +@all -@admin`
  writeFileSync(file, `${admin}\n${app}\n`, { mode: 0o600 })
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
