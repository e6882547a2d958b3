import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Deferred, Effect, Fiber, Layer, Logger, Redacted, Ref } from "effect"
import type { SqlClient } from "effect/sql"
import { readFileSync } from "node:fs"
import { Environment } from "../../../layers/environment/Environment.ts"
import { EnvironmentLayer } from "../../../layers/environment/EnvironmentLayer.ts"
import { scramVerifier } from "../../../src/logic/scramVerifier.ts"
import { eventually, until } from "../../support/eventually.ts"
import { postgresServer } from "../../support/servers.ts"
import { postgresAdmin } from "../connections.ts"
import { underLoad } from "../underLoad.ts"
import { refusedLogins, Server, setPassword, start, times } from "./harness.ts"

/** Generation → connections, as the server counts them. */
const countedByServer = Effect.fnUntraced(function*(admin: SqlClient.SqlClient) {
  const rows = yield* admin<{ name: string; n: number }>`SELECT application_name AS name, count(*)::int AS n
    FROM pg_stat_activity WHERE application_name LIKE 'alerter/test/g%' AND usename = 'mutt_app' GROUP BY 1`
  return new Map(rows.map(({ n, name }) => [Number(name.replace("alerter/test/g", "")), n]))
})

/** How connections are replaced: by age, and when the password changes. */
export const replacingSuite = (version: number) => {
  const world = Layer.mergeAll(Layer.effect(Server, postgresServer({ version })), Logger.layer([]))
  layer(world, { excludeTestServices: true })(`connections to PostgreSQL ${version}`, (it) => {
    it.effect("replaces every connection when the password changes, idle or not, and says with which each is logged in", () =>
      Effect.gen(function*() {
        const server = yield* Server
        const { postgres, sql, store } = yield* start({ DB_PASS_CURRENT: server.password }, { maxConnections: 4 })
        const admin = yield* postgresAdmin(server)
        const busy = Effect.forEach(times(4), () => sql`SELECT pg_sleep(0.1)`, { concurrency: 4 })
        const open = (generation: number) =>
          Effect.filterOrFail(postgres.connections, (own) => own.get(generation) === 4, () => "not yet")
        const agreed = (wanted: ReadonlyArray<number>) =>
          eventually(Effect.gen(function*() {
            const own = yield* postgres.connections
            if (String([...own.keys()]) !== String(wanted)) return yield* Effect.fail("not yet")
            const counted = yield* countedByServer(admin)
            return String([...own]) === String([...counted]) ? own : yield* Effect.fail("not yet")
          }))
        yield* eventually(Effect.andThen(busy, open(1)))
        assert.deepStrictEqual(yield* agreed([1]), new Map([[1, 4]]))
        yield* store.set({ DB_USER: server.user, DB_PASS_CURRENT: server.password, DB_PASS_NEXT: "later" })
        yield* agreed([2])
        yield* Effect.forkScoped(Effect.forever(busy))
        yield* eventually(open(2))
        yield* store.set({ DB_USER: server.user, DB_PASS_CURRENT: server.password })
        yield* agreed([3])
      }))

    it.effect("swaps under load without a failure where the role may have one connection more than serve", () =>
      Effect.gen(function*() {
        const server = yield* Server
        const { postgres, sql, store } = yield* start({ DB_PASS_CURRENT: server.password }, { maxConnections: 4 })
        const admin = yield* setPassword(server.password)
        yield* admin.unsafe(`ALTER ROLE ${server.user} CONNECTION LIMIT 5`)
        yield* Effect.addFinalizer(() => Effect.orDie(admin.unsafe(`ALTER ROLE ${server.user} CONNECTION LIMIT -1`)))
        const before = yield* refusedLogins
        const done = yield* Deferred.make<void>()
        const user = Effect.andThen(
          sql.withTransaction(Effect.andThen(sql`SELECT pg_sleep(0.002)`, sql`SELECT 2`)),
          Effect.timeoutOption(sql`SELECT pg_sleep(0.01)`, "5 millis")
        ).pipe(Effect.repeat({ until: () => Deferred.isDone(done) }))
        const users = yield* Effect.forkChild(Effect.all(times(20).map(() => user), { concurrency: 20 }))
        const holds = (generation: number) =>
          eventually(
            Effect.filterOrFail(postgres.connections, (own) => own.size === 1 && own.has(generation), () => "not yet")
          )
        yield* holds(1)
        yield* store.set({ DB_USER: server.user, DB_PASS_CURRENT: server.password, DB_PASS_NEXT: "fresh" })
        yield* holds(2)
        yield* admin.unsafe(`ALTER ROLE ${server.user} PASSWORD '${scramVerifier("fresh", new Uint8Array(16))}'`)
        const proof = { slot: "NEXT", value: Redacted.make("fresh"), fingerprint: "" } as const
        yield* Effect.forEach(times(3), () => postgres.prove(proof))
        yield* store.set({ DB_USER: server.user, DB_PASS_CURRENT: "fresh" })
        yield* holds(3)
        yield* Deferred.succeed(done, undefined)
        yield* Fiber.join(users)
        assert.isAtMost((yield* refusedLogins) - before, 1)
        assert.notInclude(readFileSync(server.log, "utf8"), "too many connections")
      }))

    it.effect("replaces also a spare connection that waits for a busy connection while the password changes", () =>
      Effect.gen(function*() {
        const server = yield* Server
        const { postgres, sql, store } = yield* start(
          { DB_PASS_CURRENT: server.password },
          { connectionTtlMs: 20, maxConnections: 1 }
        )
        const holds = (...wanted: ReadonlyArray<readonly [number, number]>) =>
          eventually(
            Effect.filterOrFail(postgres.connections, (own) => String([...own]) === String(wanted), () => "not yet")
          )
        yield* sql`SELECT 1`
        const release = yield* Deferred.make<void>()
        const busy = yield* Effect.forkChild(
          sql.withTransaction(Effect.andThen(sql`SELECT 1`, Deferred.await(release)))
        )
        yield* holds([1, 2])
        yield* store.set({ DB_USER: server.user, DB_PASS_CURRENT: server.password, DB_PASS_NEXT: "later" })
        yield* holds([1, 1], [2, 1])
        yield* Deferred.succeed(release, undefined)
        yield* Fiber.join(busy)
        yield* postgres.prove({ slot: "CURRENT", value: Redacted.make(server.password), fingerprint: "" })
        yield* Effect.filterOrFail(postgres.connections, (own) => !own.has(1), () => "not yet").pipe(eventually)
      }))

    it.effect("keeps its connections when the password changes to a wrong one, knocks seldom, and swaps when it is mended", () =>
      Effect.gen(function*() {
        const server = yield* Server
        const { postgres, sql, store } = yield* start({ DB_PASS_CURRENT: server.password }, { maxConnections: 3 })
        yield* Effect.forEach(times(3), () => sql`SELECT pg_sleep(0.05)`, { concurrency: 3 })
        const before = yield* refusedLogins
        yield* store.set({ DB_USER: server.user, DB_PASS_CURRENT: "wrong" })
        yield* eventually(Effect.filterOrFail(postgres.status, ({ connected }) => !connected, () => "not yet"))
        yield* Effect.forEach(times(200), () => Effect.delay(sql`SELECT 1`, "10 millis"))
        assert.deepStrictEqual(yield* postgres.connections, new Map([[1, 3]]))
        assert.isAtMost((yield* refusedLogins) - before, 3)
        yield* store.set({ DB_USER: server.user, DB_PASS_CURRENT: server.password })
        yield* eventually(
          Effect.filterOrFail(postgres.connections, (own) => own.size === 1 && own.has(3), () => "not yet")
        )
      }))

    it.effect("serves 50 users without a failure while the password changes and every connection is short-lived", () =>
      Effect.gen(function*() {
        const server = yield* Server
        const { postgres, sql, store } = yield* start({ DB_PASS_CURRENT: server.password }, { connectionTtlMs: 50 })
        const done = yield* Deferred.make<void>()
        const served = yield* Ref.make(0)
        const user = Effect.gen(function*() {
          yield* sql`SELECT 1`
          yield* sql.withTransaction(Effect.andThen(sql`SELECT 2`, sql`SELECT 3`))
          yield* Ref.update(served, (n) => n + 1)
        }).pipe(Effect.repeat({ until: () => Deferred.isDone(done) }))
        const users = yield* Effect.forkChild(Effect.all(times(50).map(() => user), { concurrency: 50 }))
        const admin = yield* setPassword(server.password)
        const { follows, servesOn } = underLoad({ served, store, connections: postgres.connections })
        const change = Effect.gen(function*() {
          let old = server.password
          for (const fresh of ["second", "third"]) {
            const before = yield* refusedLogins
            yield* follows({ DB_USER: server.user, DB_PASS_CURRENT: old, DB_PASS_NEXT: fresh })
            yield* admin.unsafe(`ALTER ROLE ${server.user} PASSWORD '${fresh}'`)
            yield* until(postgres.status, ({ slot }) => slot === "NEXT")
            yield* servesOn
            yield* follows({ DB_USER: server.user, DB_PASS_CURRENT: fresh })
            assert.isAtMost((yield* refusedLogins) - before, 1)
            old = fresh
          }
          yield* Deferred.succeed(done, undefined)
        })
        yield* Effect.all([change, Fiber.join(users)], { concurrency: 2 })
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

    it.effect("holds what DB_POOL_MAX_CONN allows through a change of the password, proofs of one too, with all of them busy", () =>
      Effect.gen(function*() {
        const server = yield* Server
        const { maxConnections } = yield* Effect.map(Environment, ({ postgres }) => postgres).pipe(
          Effect.provide(
            EnvironmentLayer("alerter").pipe(
              Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord({ DB_POOL_MAX_CONN: "3" }))),
              Layer.provide(NodeServices.layer)
            )
          )
        )
        const { postgres, sql, store } = yield* start({ DB_PASS_CURRENT: server.password }, { maxConnections })
        const admin = yield* setPassword(server.password)
        const most = yield* Ref.make(0)
        yield* admin<{ n: number }>`SELECT count(*)::int AS n FROM pg_stat_activity
          WHERE application_name LIKE 'alerter/test/%' AND usename = 'mutt_app'`.pipe(
          Effect.flatMap(([row]) => Ref.update(most, (n) => Math.max(n, row?.n ?? 0))),
          Effect.forever,
          Effect.forkScoped
        )
        yield* Effect.forEach(times(10), () => sql`SELECT pg_sleep(0.002)`, { concurrency: 10 }).pipe(
          Effect.forever,
          Effect.forkScoped
        )
        const holds = (generation: number) =>
          until(postgres.connections, (own) => own.size === 1 && own.get(generation) === maxConnections)
        yield* holds(1)
        yield* store.set({ DB_USER: server.user, DB_PASS_CURRENT: server.password, DB_PASS_NEXT: "fresh" })
        yield* holds(2)
        yield* admin.unsafe(`ALTER ROLE ${server.user} PASSWORD 'fresh'`)
        const proof = { slot: "NEXT", value: Redacted.make("fresh"), fingerprint: "" } as const
        yield* Effect.forEach(times(3), () => postgres.prove(proof))
        yield* store.set({ DB_USER: server.user, DB_PASS_CURRENT: "fresh" })
        yield* holds(3)
        assert.strictEqual(yield* Ref.get(most), 3)
      }))

    it.effect("goes on with the connections it has while both passwords are refused, past their time too", () =>
      Effect.gen(function*() {
        const server = yield* Server
        const { postgres, sql } = yield* start({ DB_PASS: server.password }, { connectionTtlMs: 20, maxConnections: 1 })
        yield* sql`SELECT 1`
        yield* setPassword("nobody knows")
        const before = yield* refusedLogins
        const statements = Effect.forever(Effect.andThen(sql`SELECT 1`, Effect.sleep("10 millis")))
        // Each time that a spare is refused, the expired connection stays in use: no statement fails meanwhile.
        yield* Effect.raceFirst(
          Effect.tapError(statements, () => Effect.sync(() => assert.fail("a statement failed"))),
          until(refusedLogins, (refused) => refused - before >= 2)
        )
        assert.strictEqual((yield* postgres.status).slot, "none")
      }))

    it.effect("proves a password on a connection of its own, under a name of its own", () =>
      Effect.gen(function*() {
        const { postgres } = yield* start({ DB_PASS: (yield* Server).password })
        const candidate = (value: string) => ({ slot: "NEXT", value: Redacted.make(value), fingerprint: "" }) as const
        yield* postgres.prove(candidate((yield* Server).password))
        const error = yield* Effect.flip(postgres.prove(candidate("canary")))
        assert.strictEqual(error.reason, "refused")
        assert.notInclude(String(error), "canary")
        assert.deepStrictEqual((yield* postgres.connections).get(0), undefined)
      }))
  })
}
