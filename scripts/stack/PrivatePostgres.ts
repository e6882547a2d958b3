import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted, type Scope } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { type CommandFailed, run, withLibraries } from "./Command.ts"
import { type PrivateServer, privateServer } from "./PrivateServer.ts"
import { canReach, serverHome } from "./ServerUser.ts"
import type { PostgresTool } from "./Tools.ts"

const superuser = "postgres"

/** Whom the database and all its tables belong to. The programs log in as somebody else, who may do less. */
export const ownerRole = "mutt_owner"

/** A folder that the servers' user may write to. */
export const ownedFolder = (path: string) => {
  const { user } = serverHome()
  mkdirSync(path, { recursive: true, mode: 0o700 })
  if (user !== undefined) chownSync(path, user.uid, user.gid)
  return path
}

/** The programs where the servers' user can reach them: in place, or a copy. */
const reachable = (tool: PostgresTool): Effect.Effect<PostgresTool, CommandFailed> =>
  Effect.gen(function*() {
    const { folder, user } = serverHome()
    const program = join(tool.bin, "postgres")
    if (user === undefined || canReach(user, program)) return tool
    const unpacked = tool.bin.lastIndexOf("/usr/lib/postgresql/")
    const from = unpacked < 0 ? dirname(tool.bin) : tool.bin.slice(0, unpacked)
    const to = join(folder, `postgresql-${tool.version}-${Math.floor(statSync(program).mtimeMs)}`)
    if (!existsSync(to)) {
      const draft = `${to}.${process.pid}`
      yield* run("cp", ["-a", from, draft])
      yield* run("chown", ["-R", `${user.uid}:${user.gid}`, draft])
      yield* Effect.try(() => renameSync(draft, to)).pipe(
        Effect.catch(() => Effect.sync(() => rmSync(draft, { recursive: true })))
      )
    }
    return { ...tool, bin: to + tool.bin.slice(from.length), libraries: tool.libraries.replaceAll(from, to) }
  })

/** Makes an empty cluster. Its superuser `postgres` has the given password, and nobody comes in without one. */
export const initialise = (
  tool: PostgresTool,
  data: string,
  password: Redacted.Redacted,
  options?: { readonly durable?: boolean }
) =>
  Effect.gen(function*() {
    const { user } = serverHome()
    const { bin, libraries } = yield* reachable(tool)
    const passwordFile = `${data}.password`
    writeFileSync(passwordFile, Redacted.value(password), { mode: 0o600 })
    if (user !== undefined) chownSync(passwordFile, user.uid, user.gid)
    const words = ["--auth=scram-sha-256", `--pwfile=${passwordFile}`, "--encoding=UTF8", "--no-locale"]
    if (options?.durable !== true) words.push("--no-sync")
    yield* run(join(bin, "initdb"), ["-D", data, "-U", superuser, ...words], { user, libraries }).pipe(
      Effect.ensuring(Effect.sync(() => rmSync(passwordFile)))
    )
  })

/** Gives the superuser another password while the server is down, which needs no password. */
export const resetPassword = (tool: PostgresTool, data: string, password: Redacted.Redacted) =>
  Effect.gen(function*() {
    const { user } = serverHome()
    const { bin, libraries } = yield* reachable(tool)
    const input = `ALTER ROLE ${superuser} PASSWORD '${Redacted.value(password)}'\n`
    yield* run(join(bin, "postgres"), ["--single", "-D", data, "template1"], { user, libraries, input })
  })

const isReady = (data: string, pid: number) => {
  const file = join(data, "postmaster.pid")
  if (!existsSync(file)) return false
  const lines = readFileSync(file, "utf8").split("\n")
  return lines[0] === String(pid) && /^(?:ready|standby)$/.test(lines[7]?.trim() ?? "")
}

/** Survives the end of the process, not of the machine. */
const careless = { fsync: "off", full_page_writes: "off", max_wal_size: "256MB" }

const settings = (more: Record<string, string>) =>
  Object.entries({
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    jit: "off",
    log_line_prefix: "%m [%p] %q%u@%d %a ",
    ...more
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`])

/**
 * A PostgreSQL on an existing cluster, reached over TCP on the loopback address only. `durable: false` is for throwaway
 * data.
 */
export const privatePostgres = (options: {
  readonly tool: PostgresTool
  readonly data: string
  readonly port: number
  readonly log: string
  readonly durable: boolean
  readonly settings?: Readonly<Record<string, string>> | undefined
}): Effect.Effect<PrivateServer, CommandFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const { user } = serverHome()
    const { bin, libraries } = yield* reachable(options.tool)
    return yield* privateServer({
      name: "PostgreSQL",
      launch: {
        program: join(bin, "postgres"),
        args: [
          "-D",
          options.data,
          "-p",
          String(options.port),
          ...settings({ ...options.durable ? {} : careless, ...options.settings })
        ],
        env: withLibraries(libraries),
        user,
        log: options.log,
        stopSignal: "INT"
      },
      ready: (pid) => Effect.sync(() => isReady(options.data, pid)),
      // What a killed server started itself takes a moment to notice.
      passes: (words) => words.includes("pre-existing shared memory block")
    })
  })

/** Runs statements as the superuser. */
export const asSuperuser = <A, E>(
  server: { readonly port: number; readonly password: Redacted.Redacted },
  database: string,
  work: Effect.Effect<A, E, SqlClient.SqlClient>
): Effect.Effect<A, E | SqlError.SqlError> =>
  work.pipe(Effect.provide(PgClient.layer({
    host: "127.0.0.1",
    port: server.port,
    database,
    username: superuser,
    password: server.password,
    ssl: false,
    maxConnections: 1
  })))

export const superuserUrl = (port: number, password: Redacted.Redacted, database: string) =>
  `postgres://${superuser}:${Redacted.value(password)}@127.0.0.1:${port}/${database}`
