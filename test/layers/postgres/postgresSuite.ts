import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Logger, Stream } from "effect"
import { readFileSync } from "node:fs"
import { StatementDeadline } from "../../../layers/postgres/sqlClient.ts"
import { eventually } from "../../support/eventually.ts"
import { postgresServer } from "../../support/servers.ts"
import { tcpProxy } from "../connections.ts"
import { refusedLogins, Server, setPassword, start, times } from "./harness.ts"

/** What the connection promises on every version we support. */
export const postgresSuite = (version: number) => {
  const world = Layer.mergeAll(Layer.effect(Server, postgresServer({ version })), Logger.layer([]))
  layer(world, { excludeTestServices: true })(`PostgreSQL ${version}`, (it) => {
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

    it.effect("retries an outage with the same password and does not take it for a refusal", () =>
      Effect.gen(function*() {
        const before = yield* refusedLogins
        const proxy = yield* tcpProxy((yield* Server).port, 2)
        const { postgres, sql } = yield* start(
          { DB_PASS_CURRENT: (yield* Server).password, DB_PASS_NEXT: "never valid" },
          { port: proxy.port }
        )
        assert.deepStrictEqual(yield* sql`SELECT 1 AS n`, [{ n: 1 }])
        assert.strictEqual((yield* postgres.status).slot, "CURRENT")
        assert.strictEqual((yield* refusedLogins) - before, 0)
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
        // A ping may still go to a connection that is just closing, which says nothing of the next one.
        yield* Effect.repeat(Effect.andThen(Effect.ignore(postgres.ping), postgres.status), {
          until: ({ connected }) => !connected
        })
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
