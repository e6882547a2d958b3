import { Effect, Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Credentials } from "./Credentials.ts"
import { stateFolder } from "./Paths.ts"
import { asSuperuser, initialise, ownerRole, privatePostgres, resetPassword } from "./PrivatePostgres.ts"
import { privateRedis, writeUsers } from "./PrivateRedis.ts"
import { serverHome } from "./ServerUser.ts"
import { tools } from "./Tools.ts"

export const database = "mutt"

class DataOfOtherVersion extends Schema.TaggedError<DataOfOtherVersion>()("DataOfOtherVersion", {
  version: Schema.String
}) {
  override get message() {
    return `The data in .mutt/servers/postgres were written by PostgreSQL ${this.version}, which is not on this machine any more.\n` +
      `  Install that version, or remove .mutt/servers/postgres to begin with empty data.`
  }
}

/** The PostgreSQL that can read the data there are, else the usual one. */
const toolFor = (data: string) =>
  Effect.gen(function*() {
    const found = yield* tools
    const versionFile = join(data, "PG_VERSION")
    if (!existsSync(versionFile)) return found.postgres
    const version = readFileSync(versionFile, "utf8").trim()
    return found.postgresVersions[version] ?? (yield* new DataOfOtherVersion({ version }))
  })

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

/** The stack's own PostgreSQL: its data outlive it, and the programs' user and database are there. */
export const startPostgres = (port: number, words: Credentials) =>
  Effect.gen(function*() {
    const data = join(serverHome().folder, "postgres")
    const tool = yield* toolFor(data)
    if (!existsSync(join(data, "PG_VERSION"))) {
      yield* initialise(tool, data, words.postgresAdmin, { durable: true })
    } else if (words.freshAdmins) yield* resetPassword(tool, data, words.postgresAdmin)
    const log = join(stateFolder, "logs/postgres.log")
    const server = yield* privatePostgres({ tool, data, port, log, durable: true })
    yield* server.start
    yield* asSuperuser({ port, password: words.postgresAdmin }, "postgres", ensureDatabase(words))
    return tool.version
  })

const ensureDatabase = (words: Credentials) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const [role] = yield* sql`SELECT 1 FROM pg_roles WHERE rolname = ${words.user}`
    const [owner] = yield* sql`SELECT 1 FROM pg_roles WHERE rolname = ${ownerRole}`
    if (owner === undefined) yield* sql.unsafe(`CREATE ROLE ${ownerRole} NOLOGIN`)
    const password = quoted(Redacted.value(words.databasePassword))
    if (role === undefined) yield* sql.unsafe(`CREATE ROLE ${words.user} LOGIN PASSWORD ${password}`)
    else if (words.freshSecrets) yield* sql.unsafe(`ALTER ROLE ${words.user} PASSWORD ${password}`)
    const [exists] = yield* sql`SELECT 1 FROM pg_database WHERE datname = ${database}`
    yield* exists === undefined
      ? sql.unsafe(`CREATE DATABASE ${database} OWNER ${ownerRole}`)
      : sql.unsafe(`ALTER DATABASE ${database} OWNER TO ${ownerRole}`)
  })

/** The stack's own Redis or Valkey. */
export const startRedis = (port: number, words: Credentials) =>
  Effect.gen(function*() {
    const { redis: tool } = yield* tools
    const data = join(stateFolder, "redis")
    writeUsers(
      tool,
      data,
      { adminPassword: words.redisAdmin, user: words.user, password: words.redisPassword },
      { replace: words.freshSecrets || words.freshAdmins }
    )
    const log = join(stateFolder, "logs/redis.log")
    const server = yield* privateRedis({ tool, data, port, adminPassword: words.redisAdmin, log })
    yield* server.start
    return `${tool.flavour === "redis" ? "Redis" : "Valkey"} ${tool.version}`
  })
