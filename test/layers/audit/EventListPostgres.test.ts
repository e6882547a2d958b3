import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventAuditPostgres } from "../../../layers/audit/EventAuditPostgres.ts"
import { EventList } from "../../../layers/audit/EventList.ts"
import { EventListPostgres } from "../../../layers/audit/EventListPostgres.ts"
import { RuleRepositoryPostgres } from "../../../layers/rules/RuleRepositoryPostgres.ts"
import { onEachPostgres } from "../../support/needs.ts"
import { migratedDatabase } from "../database.ts"
import { uuid } from "./eventAuditSuite.ts"
import { eventListSuite, whole } from "./eventListSuite.ts"

const list = (version?: number) =>
  Layer.mergeAll(EventListPostgres, EventAuditPostgres, RuleRepositoryPostgres).pipe(
    Layer.provide(ConfigAuditPostgres),
    Layer.provideMerge(migratedDatabase(version))
  )

onEachPostgres((version) => eventListSuite(`list of events in PostgreSQL ${version}`, list(version)))

layer(list(), { excludeTestServices: true })("whoever follows the record", (it) => {
  it.effect("is told each event once, though writers commit in another order than they began in", () =>
    Effect.gen(function*() {
      const [sql, { record }, { arrivals }] = [yield* SqlClient.SqlClient, yield* EventAudit, yield* EventList]
      let { place } = yield* arrivals({}, undefined, 10)
      const seen: Array<string> = []
      const look = Effect.gen(function*() {
        for (let more = true; more;) {
          const found = yield* arrivals({}, place, 2)
          seen.push(...found.rows.map(({ row }) => row.id))
          ;({ more, place } = found)
        }
      })
      /** Writes at once, and commits when it may. */
      const writer = Effect.fnUntraced(function*(numbers: ReadonlyArray<number>) {
        const [written, may, done] = [
          Deferred.makeUnsafe<void>(),
          Deferred.makeUnsafe<void>(),
          Deferred.makeUnsafe<void>()
        ]
        yield* Effect.forkScoped(
          sql.withTransaction(
            record(numbers.map((number) => whole(number))).pipe(
              Effect.andThen(Deferred.succeed(written, undefined)),
              Effect.andThen(Deferred.await(may))
            )
          ).pipe(Effect.andThen(Deferred.succeed(done, undefined)))
        )
        yield* Deferred.await(written)
        return Effect.andThen(Deferred.succeed(may, undefined), Deferred.await(done))
      })
      const first = yield* writer([1, 2, 3])
      const second = yield* writer([4, 5, 6])
      yield* look
      assert.deepStrictEqual(seen, [])
      yield* second
      yield* look
      assert.sameMembers(seen, [4, 5, 6].map(uuid))
      const third = yield* writer([7])
      yield* record([whole(8)])
      yield* look
      yield* first
      yield* look
      yield* third
      yield* look
      yield* look
      assert.sameMembers(seen, [1, 2, 3, 4, 5, 6, 7, 8].map(uuid))
      assert.strictEqual(seen.length, 8)
    }))

  it.effect("loses none to a writer who takes longer than it is usual to look back", () =>
    Effect.gen(function*() {
      const [sql, { record }, { arrivals }] = [yield* SqlClient.SqlClient, yield* EventAudit, yield* EventList]
      const [slow, end] = [Deferred.makeUnsafe<void>(), Deferred.makeUnsafe<void>()]
      const writing = yield* Effect.forkScoped(
        sql.withTransaction(
          record([whole(21)]).pipe(
            Effect.andThen(sql`SELECT pg_sleep(2.5)`),
            Effect.andThen(Deferred.succeed(slow, undefined)),
            Effect.andThen(Deferred.await(end))
          )
        )
      )
      yield* Deferred.await(slow)
      const { place } = yield* arrivals({}, undefined, 10)
      yield* Deferred.succeed(end, undefined)
      yield* Fiber.join(writing)
      const { rows } = yield* arrivals({}, place, 10)
      assert.deepStrictEqual(rows.map(({ row }) => row.id), [uuid(21)])
    }))

  it.effect("who comes from another database, or too late, is refused", () =>
    Effect.gen(function*() {
      const { arrivals } = yield* EventList
      const now = "2026-01-01T00:00:00.000000Z"
      for (const place of [`${now}_5:5:`, "2999-01-01T00:00:00.000000Z_9999999999:9999999999:"]) {
        assert.strictEqual((yield* Effect.flip(arrivals({}, place, 1))).reason, "data")
      }
    }))
})
