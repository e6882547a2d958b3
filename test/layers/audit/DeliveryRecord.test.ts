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
