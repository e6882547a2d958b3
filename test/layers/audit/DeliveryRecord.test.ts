import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { DeliveryRecord } from "../../../layers/audit/DeliveryRecord.ts"
import { DeliveryRecordPostgres } from "../../../layers/audit/DeliveryRecordPostgres.ts"
import { onEachPostgres } from "../../support/needs.ts"
import { migratedDatabase } from "../database.ts"
import { DeliveryRecordMemory } from "./DeliveryRecordMemory.ts"

const suite = <E>(name: string, record: Layer.Layer<DeliveryRecord, E>) => {
  layer(record, { excludeTestServices: true })(`record of deliveries ${name}`, (it) => {
    it.effect("keeps when an alert was delivered, at which try, and what failed before", () =>
      Effect.gen(function*() {
        const { find, record } = yield* DeliveryRecord
        const attempts = [{ at: "2026-08-22T10:00:00.000Z", reason: "http", detail: "500 \"no\", it says" }]
        const first = { alertId: "a", deliveredAt: 1_787_000_000_123, tries: 2, attempts }
        yield* record([first, { alertId: "b", deliveredAt: 1_787_000_000_124, tries: 1, attempts: [] }])
        assert.deepStrictEqual(yield* find("a"), first)
        assert.isUndefined(yield* find("c"))
        yield* record([])
      }))

    it.effect("lists the newest first, below a place, and of one time by id", () =>
      Effect.gen(function*() {
        const { newest, record } = yield* DeliveryRecord
        const one = (alertId: string, deliveredAt: number) => ({ alertId, deliveredAt, tries: 1, attempts: [] })
        const far = 4_000_000_000_000
        yield* record([one("n1", far + 1), one("n3", far + 123), one("n2", far + 123), one("n4", far + 124)])
        const some = yield* newest(2)
        assert.deepStrictEqual(some, [one("n4", far + 124), one("n3", far + 123)])
        assert.deepStrictEqual(yield* newest(2, some[1]), [one("n2", far + 123), one("n1", far + 1)])
      }))

    it.effect("stays as it was when the same delivery is stored again", () =>
      Effect.gen(function*() {
        const { find, record } = yield* DeliveryRecord
        const first = { alertId: "twice", deliveredAt: 1_787_000_000_000, tries: 1, attempts: [] }
        yield* record([first])
        yield* record([{ ...first, tries: 9 }, { ...first, alertId: "new" }])
        assert.deepStrictEqual(yield* find("twice"), first)
        assert.strictEqual((yield* find("new"))?.tries, 1)
      }))
  })
}

suite("in memory", DeliveryRecordMemory)
onEachPostgres((version) =>
  suite(`in PostgreSQL ${version}`, DeliveryRecordPostgres.pipe(Layer.provide(migratedDatabase(version))))
)
