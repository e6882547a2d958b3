import { assert, it, layer } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Logger, Schedule, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventAuditPostgres } from "../../../layers/audit/EventAuditPostgres.ts"
import { Postgres } from "../../../layers/postgres/Postgres.ts"
import { eventually } from "../../support/eventually.ts"
import { migrated } from "../../support/migrated.ts"
import { onServer, type PostgresPair, postgresPair } from "../../support/postgresPair.ts"
import type { PostgresServer } from "../../support/servers.ts"
import { record } from "../audit/eventAuditSuite.ts"
import { connected } from "../connections.ts"
import { times } from "./harness.ts"

/** A client of several servers, in that order. */
const among = Effect.fnUntraced(function*(
  servers: ReadonlyArray<PostgresServer>,
  secrets: Readonly<Record<string, string>> = {}
) {
  const [first] = servers
  if (first === undefined) return yield* Effect.die("no server")
  const hosts = servers.map(({ host, port }) => ({ host, port }))
  const world = yield* connected(
    { postgres: { hosts, database: first.database, maxConnections: 4 } },
    { DB_USER: first.user, DB_PASS: first.password, ...secrets }
  )
  const context = yield* Layer.build(world.postgres)
  return {
    postgres: yield* Effect.provide(Postgres, context),
    sql: yield* Effect.provide(SqlClient.SqlClient, context)
  }
})

/** Sessions of the programs' role on a server. */
const sessionsOn = (server: PostgresServer) =>
  onServer(
    server,
    Effect.flatMap(SqlClient.SqlClient, (sql) =>
      sql<{ pid: number }>`SELECT pid FROM pg_stat_activity WHERE usename = ${server.user} ORDER BY 1`)
  ).pipe(Effect.map((rows) =>
    rows.map(({ pid }) => pid)
  ))

const ledger = (server: PostgresServer) =>
  onServer(
    server,
    Effect.flatMap(SqlClient.SqlClient, (sql) =>
      Effect.andThen(
        sql`CREATE TABLE ledger (n int)`,
        sql.unsafe(`GRANT SELECT, INSERT ON ledger TO ${server.user}`)
      ))
  )

const rowsIn = (server: PostgresServer) =>
  onServer(server, Effect.flatMap(SqlClient.SqlClient, (sql) => sql<{ n: number }>`SELECT n FROM ledger`)).pipe(
    Effect.map((rows) => new Set(rows.map(({ n }) => n)))
  )

const serverPort = (sql: SqlClient.SqlClient) =>
  Effect.map(sql<{ port: number }>`SELECT inet_server_port() AS port`, ([row]) => row?.port)

/** Waits for a failure of an effect, which is what comes out. */
const eventuallyFails = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.forever(Effect.andThen(effect, Effect.sleep("20 millis")))

/** Callers that add a row each until it is accepted, again and again; the set has the accepted ones. */
const writing = (sql: SqlClient.SqlClient) => {
  const accepted = new Set<number>()
  let next = 0
  const add = Effect.suspend(() => {
    const n = next++
    return sql`INSERT INTO ledger VALUES (${n}::int)`.pipe(
      Effect.retry(Schedule.spaced("20 millis")),
      Effect.tap(() => Effect.sync(() => void accepted.add(n)))
    )
  })
  const more = Effect.suspend(() => {
    const before = accepted.size
    return eventually(Effect.suspend(() => accepted.size > before + 20 ? Effect.void : Effect.fail("not yet")))
  })
  const go = Effect.forkScoped(Effect.forEach(times(4), () => Effect.forever(add), { concurrency: 4 }))
  return { accepted, more, go }
}

const silent = <A, E>(test: Effect.Effect<A, E, Scope.Scope>) =>
  test.pipe(Effect.scoped, Effect.provide(Logger.layer([])))

class Pair extends Context.Service<Pair, PostgresPair>()("test/PostgresPair") {}

const sync = { synchronous_standby_names: "ANY 1 (*)" }

/** What holds when a standby becomes the primary, and before. */
export const failoverSuite = (version: number) => {
  const world = Layer.merge(Layer.effect(Pair, postgresPair({ version, settings: sync })), Logger.layer([]))
  layer(world, { excludeTestServices: true })(`a primary of PostgreSQL ${version} and its standby`, (it) => {
    it.effect("the primary is found wherever it stands in the list; a standby is no server to work with", () =>
      Effect.gen(function*() {
        const { primary, standby } = yield* Pair
        const { postgres, sql } = yield* among([standby, primary])
        yield* postgres.ping
        const ports = yield* Effect.forEach(times(8), () => serverPort(sql), { concurrency: 8 })
        assert.deepStrictEqual([...new Set(ports)], [primary.port])
        yield* eventually(Effect.filterOrFail(sessionsOn(standby), (all) => all.length === 0))
        const alone = yield* among([standby])
        assert.strictEqual((yield* Effect.flip(alone.postgres.ping)).reason, "unreachable")
        assert.include((yield* alone.postgres.status).detail, "standby")
      }))

    it.effect("a server that says it takes no writes loses all its connections at once", () =>
      Effect.gen(function*() {
        const { primary, standby } = yield* Pair
        yield* ledger(primary)
        const { sql } = yield* among([primary, standby])
        yield* Effect.forEach(times(4), () => sql`SELECT pg_sleep(0.05)`, { concurrency: 4 })
        const before = yield* eventually(
          Effect.filterOrFail(sessionsOn(primary), ({ length }) => length === 4, () => "not yet")
        )
        const readOnly = (value: string) =>
          onServer(
            primary,
            Effect.flatMap(SqlClient.SqlClient, (admin) =>
              Effect.andThen(
                admin.unsafe(`ALTER SYSTEM SET default_transaction_read_only = ${value}`),
                admin`SELECT pg_reload_conf()`
              ))
          )
        yield* readOnly("on")
        yield* eventually(Effect.flip(sql`INSERT INTO ledger VALUES (1)`))
        yield* eventually(
          Effect.filterOrFail(sessionsOn(primary), (now) => now.every((pid) => !before.includes(pid)), () => "not yet")
        )
        yield* readOnly("off")
        yield* eventually(sql`INSERT INTO ledger VALUES (2)`)
      }))

    it.effect("events whose recording was cut short are settled when a standby has them, and not before", () =>
      Effect.gen(function*() {
        const { freeze, primary, standby } = yield* Pair
        yield* migrated(primary)
        const { postgres, sql } = yield* among([primary, standby])
        const { record: store } = yield* Effect.provide(
          EventAudit,
          EventAuditPostgres.pipe(
            Layer.provide(Layer.succeed(SqlClient.SqlClient, sql))
          )
        )
        const waiting = onServer(
          primary,
          Effect.flatMap(
            SqlClient.SqlClient,
            (admin) => admin`SELECT FROM pg_stat_activity WHERE usename = ${primary.user} AND wait_event = 'SyncRep'`
          )
        ).pipe(
          Effect.filterOrFail((rows) => rows.length > 0, () => "not yet"),
          eventually
        )
        const rows = onServer(
          primary,
          Effect.flatMap(SqlClient.SqlClient, (admin) => admin`SELECT event_id FROM event_audit_log`)
        )
        assert.deepStrictEqual(yield* postgres.syncStandbys, { waitedFor: 1, confirm: true })
        yield* freeze(true)
        assert.deepStrictEqual(yield* postgres.syncStandbys, { waitedFor: 1, confirm: false })
        const first = yield* Effect.forkScoped(store([record(1)]))
        yield* waiting
        assert.deepStrictEqual(yield* rows, [])
        yield* Fiber.interrupt(first)
        yield* eventually(Effect.filterOrFail(rows, ({ length }) => length === 1, () => "not yet"))
        const again = yield* Effect.forkScoped(store([record(1)]))
        yield* Effect.raceFirst(waiting, Fiber.join(again))
        assert.isUndefined(again.pollUnsafe())
        yield* freeze(false)
        assert.strictEqual((yield* Fiber.join(again)).size, 1)
      }))

    it.effect("the primary is cut off and lives on: statements that wait for its standby end, and go on where that is promoted", () =>
      Effect.gen(function*() {
        const { freeze, primary, promote, standby } = yield* Pair
        const { sql } = yield* among([primary, standby])
        const { accepted, go, more } = writing(sql)
        yield* go
        yield* more
        yield* freeze(true)
        yield* promote
        yield* more
        const before = new Set(accepted)
        const kept = yield* rowsIn(standby)
        assert.deepStrictEqual([...before].filter((n) => !kept.has(n)), [])
        assert.strictEqual(yield* serverPort(sql), standby.port)
      }))
  })

  it.live("the primary dies and its standby is promoted: what was accepted is there, work goes on, the old one is not taken back", () =>
    silent(Effect.gen(function*() {
      const { primary, promote, standby } = yield* postgresPair({ version, settings: sync })
      yield* ledger(primary)
      // A stale password first: the fallback to NEXT works among several servers too.
      const { postgres, sql } = yield* among([primary, standby], {
        DB_PASS_CURRENT: "stale",
        DB_PASS_NEXT: primary.password
      })
      const { accepted, go, more } = writing(sql)
      yield* go
      yield* more
      yield* primary.kill
      const before = new Set(accepted)
      yield* promote
      yield* more
      const kept = yield* rowsIn(standby)
      assert.deepStrictEqual([...before].filter((n) => !kept.has(n)), [])
      assert.strictEqual(yield* serverPort(sql), standby.port)
      assert.strictEqual((yield* postgres.status).slot, "NEXT")

      yield* primary.start
      yield* standby.kill
      assert.strictEqual((yield* Effect.flip(eventuallyFails(postgres.ping))).reason, "unreachable")
      assert.match((yield* postgres.status).detail, /it was replaced and does not know it/)
    })))
}
