import { Context, Effect, Layer, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { Redis } from "ioredis"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { pgClient } from "../../../test/support/pgClient.ts"
import type { PostgresServer, RedisServer } from "../../../test/support/servers.ts"
import type { PasswordName } from "./SecretFile.ts"

/** Sessions of the programs' role, by instance (`alerter-1`). */
type Sessions = Readonly<Record<string, number>>

/** The programs' accounts on both servers, as the servers' administrators see them. */
export interface Accounts {
  /** From now on the server takes these passwords and no others. PostgreSQL takes one: the last. */
  readonly accept: (name: PasswordName, passwords: ReadonlyArray<string>) => Effect.Effect<void>
  /** Whether one gets in with this password. */
  readonly letsIn: (name: PasswordName, password: string) => Effect.Effect<boolean>
  /** Runs a statement as the superuser. */
  readonly sql: SqlClient.SqlClient
  /** Logins refused since the beginning, by the servers' own logs. */
  readonly refused: (name: PasswordName) => Effect.Effect<number>
  /** Ends every session of the programs' accounts, on both servers. */
  readonly cut: Effect.Effect<void>
  readonly sessions: Effect.Effect<Sessions>
  /** How many sessions the role may have. */
  readonly limitSessions: (count: number) => Effect.Effect<void>
  /** Logins that the role's limit turned away. */
  readonly turnedAway: Effect.Effect<number>
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")

export const makeAccounts = (
  { postgres, redis }: { readonly postgres: PostgresServer; readonly redis: RedisServer }
): Effect.Effect<Accounts, never, Scope.Scope> =>
  Effect.gen(function*() {
    const url = new URL(postgres.adminUrl)
    const superuser = { user: url.username, password: decodeURIComponent(url.password) }
    const context = yield* Layer.build(pgClient({ ...postgres, ...superuser }, 2))
    const sql = Context.get(context, SqlClient.SqlClient)
    const admin = yield* Effect.acquireRelease(
      Effect.sync(() => new Redis(redis.adminUrl)),
      (client) => Effect.sync(() => client.disconnect())
    )
    const logged = (pattern: RegExp) =>
      Effect.sync(() => readFileSync(postgres.log, "utf8").match(pattern)?.length ?? 0)
    yield* Effect.promise(() => admin.config("SET", "acllog-max-len", 1_000))

    const refusedByRedis = Effect.promise(async () => {
      const entries = await admin.call("ACL", "LOG", 1_000)
      if (!Array.isArray(entries)) return 0
      return entries.reduce((sum: number, entry: unknown) => {
        const fields = Array.isArray(entry) ? entry.map(String) : []
        const field = (name: string) => fields[fields.indexOf(name) + 1]
        return field("reason") === "auth" ? sum + Number(field("count")) : sum
      }, 0)
    })

    const accounts: Accounts = {
      accept: (name, passwords) =>
        name === "DB_PASS"
          ? Effect.asVoid(sql.unsafe(`ALTER ROLE ${postgres.user} PASSWORD '${passwords.at(-1) ?? ""}'`)).pipe(
            Effect.orDie
          )
          : Effect.promise(async () => {
            const hashes = passwords.map((password) => `#${sha256(password)}`)
            await admin.call("ACL", "SETUSER", redis.user, "resetpass", ...hashes)
            await admin.call("ACL", "SAVE")
          }),
      letsIn: (name, password) =>
        name === "DB_PASS" ? postgresLetsIn(postgres, password) : redisLetsIn(redis, password),
      sql,
      refused: (name) =>
        name === "DB_PASS"
          ? logged(new RegExp(`password authentication failed for user "${postgres.user}"`, "g"))
          : refusedByRedis,
      cut: sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ${postgres.user}`.pipe(
        Effect.andThen(Effect.promise(() => admin.call("CLIENT", "KILL", "USER", redis.user))),
        Effect.asVoid,
        Effect.orDie
      ),
      sessions: sql<{ readonly instance: string; readonly count: number }>`
        SELECT split_part(application_name, '/', 2) AS instance, count(*)::int AS count
        FROM pg_stat_activity WHERE usename = ${postgres.user} AND backend_type = 'client backend' GROUP BY 1`.pipe(
        Effect.map((rows) => Object.fromEntries(rows.map(({ count, instance }) => [instance, count]))),
        Effect.orDie
      ),
      limitSessions: (count) =>
        Effect.orDie(Effect.asVoid(sql.unsafe(`ALTER ROLE ${postgres.user} CONNECTION LIMIT ${count}`))),
      turnedAway: logged(/too many connections for role/g)
    }
    return accounts
  }).pipe(Effect.orDie)

const postgresLetsIn = (server: PostgresServer, password: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql`SELECT 1`).pipe(
    Effect.provide(pgClient({ ...server, password }, 1)),
    Effect.as(true),
    Effect.orElseSucceed(() => false)
  )

const redisLetsIn = (server: RedisServer, password: string) =>
  Effect.promise(async () => {
    const client = new Redis({
      port: server.port,
      host: server.host,
      username: server.user,
      password,
      lazyConnect: true,
      retryStrategy: null,
      maxRetriesPerRequest: 0
    })
    client.on("error", () => undefined)
    try {
      await client.connect()
      return await client.ping() === "PONG"
    } catch {
      return false
    } finally {
      client.disconnect()
    }
  })
