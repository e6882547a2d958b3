import { assert, layer } from "@effect/vitest"
import { Context, Deferred, Effect, Fiber, Layer, Logger, Ref, Schedule, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { readFileSync } from "node:fs"
import type { PostgresAddress } from "../../../layers/config/StaticConfig.ts"
import { Postgres } from "../../../layers/postgres/Postgres.ts"
import { StatementDeadline } from "../../../layers/postgres/sqlClient.ts"
import { type PostgresServer, postgresServer } from "../../support/servers.ts"
import { connected, postgresAdmin, tcpProxy } from "../connections.ts"

class Server extends Context.Service<Server, PostgresServer>()("test/PostgresServer") {}

const start = Effect.fnUntraced(function*(
  secrets: Readonly<Record<string, string>>,
  address: Partial<PostgresAddress> = {}
) {
  const server = yield* Server
  const world = yield* connected(
    { postgres: { port: server.port, database: server.database, ...address } },
    { DB_USER: server.user, ...secrets }
  )
  const context = yield* Layer.build(world.postgres)
  return {
    server,
    store: world.store,
    postgres: yield* Effect.provide(Postgres, context),
    sql: yield* Effect.provide(SqlClient.SqlClient, context)
  }
})

/** Changes the password of `mutt_app` on the server, until the end of the test. */
const setPassword = Effect.fnUntraced(function*(password: string) {
  const server = yield* Server
  const admin = yield* postgresAdmin(server)
  yield* admin.unsafe(`ALTER ROLE ${server.user} PASSWORD '${password}'`)
  yield* Effect.addFinalizer(() =>
    Effect.orDie(admin.unsafe(`ALTER ROLE ${server.user} PASSWORD '${server.password}'`))
  )
  return admin
})

const refusedLogins = Effect.map(
  Server,
  (server) => readFileSync(server.log, "utf8").split("password authentication failed").length - 1
)

const eventually = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.retry(effect, Schedule.spaced("50 millis"))
const times = (count: number) => Array.from({ length: count }, (_, i) => i)

/** What the connection promises on every version we support. */
export const postgresSuite = (version: 15 | 18) => {
  const world = Layer.mergeAll(Layer.effect(Server, postgresServer({ version })), Logger.layer([]))
  layer(world, { excludeTestServices: true, timeout: 60_000 })(`PostgreSQL ${version}`, (it) => {
    it.effect("logs in with CURRENT and names itself", () =>
      Effect.gen(function*() {
        const { postgres, sql } = yield* start({ DB_PASS_CURRENT: (yield* Server).password })
        yield* postgres.ping
        const status = yield* postgres.status
        assert.deepStrictEqual([status.connected, status.slot, status.detail], [true, "CURRENT", ""])
        const [row] = yield* sql`SELECT current_setting('application_name') AS name`
        assert.deepStrictEqual(row, { name: "alerter/test/g1" })
      }))

    it.effect("goes to NEXT when CURRENT is refused: one refused login, and no statement fails", () =>
      Effect.gen(function*() {
        const before = yield* refusedLogins
        const { postgres, sql } = yield* start({ DB_PASS_CURRENT: "stale", DB_PASS_NEXT: (yield* Server).password })
        const rows = yield* Effect.forEach(times(50), () => sql`SELECT pg_sleep(0.05)`, { concurrency: 50 })
        assert.strictEqual(rows.length, 50)
        assert.strictEqual((yield* postgres.status).slot, "NEXT")
        assert.strictEqual((yield* refusedLogins) - before, 1)
      }))

    it.effect("works with a legacy single password", () =>
      Effect.gen(function*() {
        const { postgres } = yield* start({ DB_PASS: (yield* Server).password })
        yield* postgres.ping
      }))

    it.effect("says `refused` when both are refused, does not hammer the server, and heals when the store is corrected", () =>
      Effect.gen(function*() {
        const before = yield* refusedLogins
        const { postgres, server, sql, store } = yield* start({ DB_PASS_CURRENT: "x", DB_PASS_NEXT: "y" })
        const errors = yield* Effect.forEach(times(100), () => Effect.flip(sql`SELECT 1`), { concurrency: 20 })
        assert.deepStrictEqual([...new Set(errors.map((error) => error.reason._tag))], ["AuthenticationError"])
        assert.isBelow((yield* refusedLogins) - before, 20)
        assert.strictEqual((yield* Effect.flip(postgres.ping)).reason, "refused")
        yield* store.set({ DB_USER: server.user, DB_PASS_CURRENT: server.password })
        yield* eventually(postgres.ping)
        assert.strictEqual((yield* postgres.status).slot, "CURRENT")
      }))

    it.effect("heals when the server is corrected", () =>
      Effect.gen(function*() {
        const admin = yield* setPassword("other")
        const { postgres, server } = yield* start({ DB_PASS_CURRENT: "right" })
        assert.strictEqual((yield* Effect.flip(postgres.ping)).reason, "refused")
        yield* admin.unsafe(`ALTER ROLE ${server.user} PASSWORD 'right'`)
        yield* eventually(postgres.ping)
      }))

    it.effect("serves 50 users without a failure while the password changes and every connection is short-lived", () =>
      Effect.gen(function*() {
        const server = yield* Server
        const { sql, store } = yield* start({ DB_PASS_CURRENT: server.password }, { connectionTtlMs: 50 })
        const done = yield* Deferred.make<void>()
        const served = yield* Ref.make(0)
        const user = Effect.gen(function*() {
          yield* sql`SELECT 1`
          yield* sql.withTransaction(Effect.andThen(sql`SELECT 2`, sql`SELECT 3`))
          yield* Ref.update(served, (n) => n + 1)
        }).pipe(Effect.repeat({ until: () => Deferred.isDone(done) }))
        const users = yield* Effect.forkChild(Effect.all(times(50).map(() => user), { concurrency: 50 }))
        const admin = yield* setPassword(server.password)
        let old = server.password
        for (const fresh of ["second", "third"]) {
          const before = yield* refusedLogins
          yield* store.set({ DB_USER: server.user, DB_PASS_CURRENT: old, DB_PASS_NEXT: fresh })
          yield* Effect.sleep("1200 millis")
          yield* admin.unsafe(`ALTER ROLE ${server.user} PASSWORD '${fresh}'`)
          yield* Effect.sleep("500 millis")
          yield* store.set({ DB_USER: server.user, DB_PASS_CURRENT: fresh })
          yield* Effect.sleep("1200 millis")
          assert.isAtMost((yield* refusedLogins) - before, 1)
          old = fresh
        }
        yield* Deferred.succeed(done, undefined)
        yield* Fiber.join(users)
        assert.isAbove(yield* Ref.get(served), 100)
      }))

    it.effect("never holds more connections than allowed, also while all of them are replaced", () =>
      Effect.gen(function*() {
        const { server, sql } = yield* start(
          { DB_PASS: (yield* Server).password },
          { connectionTtlMs: 20, maxConnections: 4 }
        )
        const admin = yield* postgresAdmin(server)
        const most = yield* Ref.make(0)
        const watch = admin<{ n: number }>`SELECT count(*)::int AS n FROM pg_stat_activity
          WHERE application_name = 'alerter/test/g1' AND usename = 'mutt_app'`.pipe(
          Effect.flatMap(([row]) => Ref.update(most, (n) => Math.max(n, row?.n ?? 0))),
          Effect.forever
        )
        yield* Effect.raceFirst(
          watch,
          Effect.forEach(times(1_000), () => sql`SELECT pg_sleep(0.002)`, { concurrency: 20, discard: true })
        )
        assert.isAtMost(yield* Ref.get(most), 5)
        assert.isAtLeast(yield* Ref.get(most), 2)
      }))

    it.effect("goes on with the connections it has while both passwords are refused, past their time too", () =>
      Effect.gen(function*() {
        const server = yield* Server
        const { postgres, sql } = yield* start({ DB_PASS: server.password }, { connectionTtlMs: 20, maxConnections: 1 })
        yield* sql`SELECT 1`
        yield* setPassword("nobody knows")
        const stop = yield* Effect.forkChild(Effect.forever(Effect.andThen(sql`SELECT 1`, Effect.sleep("10 millis"))))
        yield* Effect.sleep("3 seconds")
        assert.isUndefined(stop.pollUnsafe(), "a statement failed")
        assert.strictEqual((yield* postgres.status).slot, "none")
      }))

    it.effect("says that DB_USER is missing, and not that a password is wrong", () =>
      Effect.gen(function*() {
        const { postgres } = yield* start({ DB_PASS: (yield* Server).password, DB_USER: "" })
        const error = yield* Effect.flip(postgres.ping)
        assert.deepStrictEqual([error.reason, error.detail], [
          "refused",
          "The secret DB_USER is not in the store (env)."
        ])
      }))

    it.effect("heals after a restart of the server, connections that were idle included", () =>
      Effect.gen(function*() {
        const { postgres, server, sql } = yield* start({
          DB_PASS: (yield* Server).password,
          DB_PASS_NEXT: "never valid"
        })
        yield* Effect.forEach(times(10), () => sql`SELECT pg_sleep(0.02)`, { concurrency: 10 })
        yield* server.stop
        assert.strictEqual((yield* Effect.flip(postgres.ping)).reason, "unreachable")
        assert.isFalse((yield* postgres.status).connected)
        yield* server.start
        yield* eventually(postgres.ping)
        yield* Effect.forEach(times(20), () => sql`SELECT 1`, { concurrency: 20 })
        assert.strictEqual((yield* postgres.status).slot, "CURRENT")
      }))

    it.effect("builds while the server is away", () =>
      Effect.gen(function*() {
        const { server } = yield* start({ DB_PASS: (yield* Server).password })
        yield* server.stop
        const { postgres } = yield* start({ DB_PASS: server.password })
        assert.strictEqual((yield* Effect.flip(postgres.ping)).reason, "unreachable")
        yield* server.start
        yield* eventually(postgres.ping)
      }))

    it.effect("loses no connection to statements that are interrupted", () =>
      Effect.gen(function*() {
        const { sql } = yield* start({ DB_PASS: (yield* Server).password }, { maxConnections: 2 })
        yield* Effect.forEach(times(10), () => Effect.timeoutOption(sql`SELECT pg_sleep(10)`, "20 millis"), {
          concurrency: 5
        })
        const rows = yield* Effect.forEach(times(10), (n) => sql<{ n: number }>`SELECT ${n}::int AS n`, {
          concurrency: 5
        })
        assert.deepStrictEqual(rows.map(([row]) => row?.n), times(10))
      }))

    it.effect("gives a statement up after its deadline, and serves on", () =>
      Effect.gen(function*() {
        const { sql } = yield* start({ DB_PASS: (yield* Server).password }, { maxConnections: 1 })
        const error = yield* Effect.flip(sql`SELECT pg_sleep(30)`).pipe(
          Effect.provideService(StatementDeadline, "50 millis")
        )
        assert.strictEqual(error.reason._tag, "StatementTimeoutError")
        assert.deepStrictEqual(yield* sql`SELECT 1 AS n`, [{ n: 1 }])
      }))

    it.effect("streams rows, to the end or not, and serves on", () =>
      Effect.gen(function*() {
        const { sql } = yield* start({ DB_PASS: (yield* Server).password }, { maxConnections: 1 })
        const rows = sql<{ n: number }>`SELECT generate_series(1, 20000) AS n`.stream
        assert.strictEqual(yield* Stream.runCount(rows), 20_000)
        assert.strictEqual((yield* Stream.runCollect(Stream.take(rows, 3))).length, 3)
        assert.deepStrictEqual(yield* sql`SELECT 1 AS n`, [{ n: 1 }])
      }))

    it.effect("rolls back whole, commits whole, and says so when COMMIT did neither", () =>
      Effect.gen(function*() {
        const { owner } = yield* Server
        const { sql } = yield* start({ DB_USER: owner.user, DB_PASS: owner.password })
        yield* sql`CREATE TABLE ledger (n int PRIMARY KEY)`
        yield* Effect.addFinalizer(() => Effect.orDie(sql`DROP TABLE ledger`))
        yield* Effect.flip(sql.withTransaction(Effect.andThen(sql`INSERT INTO ledger VALUES (1)`, Effect.fail("no"))))
        yield* sql.withTransaction(sql`INSERT INTO ledger VALUES (2)`)
        const swallowed = sql.withTransaction(
          Effect.andThen(sql`INSERT INTO ledger VALUES (3)`, Effect.ignore(sql`SELECT 1 / 0`))
        )
        assert.strictEqual((yield* Effect.flip(swallowed))._tag, "SqlError")
        assert.deepStrictEqual(yield* sql`SELECT n FROM ledger`, [{ n: 2 }])
      }))

    it.effect("answers within its deadline when the link is open but dead", () =>
      Effect.gen(function*() {
        const proxy = yield* tcpProxy((yield* Server).port)
        const { postgres } = yield* start({ DB_PASS: (yield* Server).password }, { port: proxy.port })
        yield* postgres.ping
        proxy.freeze()
        assert.strictEqual((yield* Effect.flip(postgres.ping)).reason, "timeout")
        yield* eventually(postgres.ping)
        assert.isAbove(proxy.count(), 1)
      }))

    it.effect("never tells a password, in errors or in the log", () =>
      Effect.gen(function*() {
        const lines: Array<string> = []
        const log = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
        const text = yield* Effect.gen(function*() {
          const { postgres, sql } = yield* start({ DB_PASS_CURRENT: "canary-one", DB_PASS_NEXT: "canary-two" })
          const errors = [yield* Effect.flip(postgres.ping), yield* Effect.flip(sql`SELECT 1`)]
          return errors.map((error) => `${String(error)} ${JSON.stringify(error)} ${error.stack}`).join("\n")
        }).pipe(Effect.scoped, Effect.provide(log))
        assert.isAbove(lines.length, 0)
        assert.notInclude(text + lines.join("\n"), "canary")
        assert.notInclude(readFileSync((yield* Server).log, "utf8"), "canary")
      }))
  })
}
