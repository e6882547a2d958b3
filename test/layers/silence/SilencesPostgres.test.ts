import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { ConfigAudit, ConfigAuditFailed } from "../../../layers/audit/ConfigAudit.ts"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { SilenceHitsPostgres } from "../../../layers/silence/SilenceHitsPostgres.ts"
import { SilenceRepository } from "../../../layers/silence/SilenceRepository.ts"
import { SilenceRepositoryPostgres } from "../../../layers/silence/SilenceRepositoryPostgres.ts"
import { SilenceSource } from "../../../layers/silence/SilenceSource.ts"
import { SilenceSourcePostgres } from "../../../layers/silence/SilenceSourcePostgres.ts"
import { onEachPostgres } from "../../support/needs.ts"
import { migratedDatabase } from "../database.ts"
import { silenceSuite } from "./silenceSuite.ts"

const stores = Layer.mergeAll(SilenceRepositoryPostgres, SilenceSourcePostgres, SilenceHitsPostgres)
const world = (version?: number) =>
  stores.pipe(Layer.provideMerge(ConfigAuditPostgres), Layer.provideMerge(migratedDatabase(version)))

onEachPostgres((version) => silenceSuite(`silences in PostgreSQL ${version}`, world(version)))

const change = { actor: "noc", reason: null, correlationId: "c" }
const said = { match: { hosts: ["sw1"] }, ends_at: "9999-01-01T00:00:00Z", comment: "why" }

layer(world(), { excludeTestServices: true })("the programs' role, by hand", (it) => {
  const refused = <A, E>(statement: Effect.Effect<A, E>) => Effect.flip(statement)

  it.effect("changes no silence without a link of the audit chain, and none that says another thing", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const { id } = yield* SilenceRepository.use((store) => store.create(said, change))
      const before = yield* sql`SELECT * FROM silences, silences_version`
      yield* refused(sql`INSERT INTO silences (match, ends_at, comment, catch_up, created_by)
        VALUES ('{}', '2099-01-01T00:00:00.000Z', 'x', true, 'me')`)
      yield* refused(sql`UPDATE silences SET comment = 'other' WHERE id = ${id}`)
      yield* refused(sql`UPDATE silences SET ended_by = 'me' WHERE id = ${id}`)
      const told = sql`SELECT append_audit_link('me', 'UPDATE', 'silences', ${String(id)},
        '{"comment": "why", "revision": 1}'::jsonb, '{"comment": "this", "revision": 2}'::jsonb, NULL, 'c')`
      const both = (comment: string) =>
        Effect.andThen(told, sql`UPDATE silences SET comment = ${comment} WHERE id = ${id}`).pipe(sql.withTransaction)
      yield* refused(both("that"))
      assert.deepStrictEqual(yield* sql`SELECT * FROM silences, silences_version`, before)
      yield* both("this")
      assert.deepInclude(yield* SilenceRepository.use((store) => store.silence(id)), { comment: "this", revision: 2 })
    }))

  it.effect("brings nothing back that ended, names no other author, and deletes nothing", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const store = yield* SilenceRepository
      const { id } = yield* store.create(said, change)
      yield* store.end(id, change)
      const before = yield* store.silence(id)
      yield* refused(sql`UPDATE silences SET ended_by = NULL WHERE id = ${id}`)
      yield* refused(sql`UPDATE silences SET ended_at = NULL WHERE id = ${id}`)
      yield* refused(sql`UPDATE silences SET over_at = NULL WHERE id = ${id}`)
      yield* refused(sql`UPDATE silences SET created_by = 'other' WHERE id = ${id}`)
      yield* refused(sql`UPDATE silence_revisions SET comment = 'other' WHERE silence_id = ${id}`)
      yield* refused(sql`DELETE FROM silences WHERE id = ${id}`)
      yield* refused(sql`TRUNCATE silences CASCADE`)
      yield* refused(sql`UPDATE silences_version SET version = 1`)
      yield* refused(sql`SELECT apply_silence_retention(399, 10)`)
      assert.deepStrictEqual(yield* store.silence(id), before)
    }))
})

layer(world(), { excludeTestServices: true })("retention", (it) => {
  it.effect("lets go of what ended 400 days ago, and of nothing that may be asked for still", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const store = yield* SilenceRepository
      const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
      const endedAgo = (days: number) => store.create({ ...said, starts_at: ago(days + 1), ends_at: ago(days) }, change)
      const old = yield* endedAgo(401)
      const kept = [yield* endedAgo(399), yield* store.create(said, change)]
      const [row] = yield* sql<{ readonly gone: number }>`SELECT apply_silence_retention(400, 10) AS gone`
      assert.strictEqual(row?.gone, 1)
      assert.deepStrictEqual((yield* store.list({ limit: 10 })).map(({ id }) => id), kept.map(({ id }) => id).reverse())
      assert.deepStrictEqual(yield* store.revisions(old.id), [])
    }))
})

layer(world(), { excludeTestServices: true })("an end while somebody waits to change the silence", (it) => {
  it.effect("is not undone by who waited", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const store = yield* SilenceRepository
      const { id } = yield* store.create(said, change)
      const locked = yield* Deferred.make<void>()
      const go = yield* Deferred.make<void>()
      // Ends it in a transaction that holds its row meanwhile.
      const ending = yield* Effect.forkChild(
        Effect.gen(function*() {
          yield* sql`SELECT 1 FROM silences WHERE id = ${id} FOR UPDATE`
          yield* Deferred.succeed(locked, undefined)
          yield* Deferred.await(go)
          yield* store.end(id, change)
        }).pipe(sql.withTransaction)
      )
      yield* Deferred.await(locked)
      const late = yield* Effect.forkChild(Effect.flip(store.change(id, () => Effect.succeed(said), change)))
      const waits = sql`SELECT 1 FROM pg_locks WHERE NOT granted`
      yield* Effect.repeat(waits, { until: (rows) => rows.length > 0 })
      yield* Deferred.succeed(go, undefined)
      yield* Fiber.join(ending)
      const { _tag } = yield* Fiber.join(late)
      assert.strictEqual(_tag, "SilenceEnded")
      assert.strictEqual((yield* store.silence(id)).ended_by, "noc")
    }))
})

/** Writes nothing, as a full disk would. */
const BrokenAudit = Layer.succeed(ConfigAudit, {
  record: () => Effect.fail(new ConfigAuditFailed({ reason: "unavailable", detail: "disk full" })),
  recordAll: () => Effect.fail(new ConfigAuditFailed({ reason: "unavailable", detail: "disk full" })),
  search: () => Effect.succeed({ rows: [] })
})

layer(stores.pipe(Layer.provide(BrokenAudit), Layer.provideMerge(migratedDatabase())), { excludeTestServices: true })(
  "a silence whose record cannot be written",
  (it) => {
    it.effect("is not there", () =>
      Effect.gen(function*() {
        const store = yield* SilenceRepository
        assert.strictEqual((yield* Effect.flip(store.create(said, change)))._tag, "SilencesUnavailable")
        assert.deepStrictEqual(yield* store.list({ limit: 10 }), [])
        assert.deepStrictEqual((yield* SilenceSource.use((source) => source.load)).silences, [])
      }))
  }
)
