import { assert, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { DeliveryRecord, DeliveryRecordUnavailable } from "../../../layers/audit/DeliveryRecord.ts"
import { Deliveries, type DeliveryEntry } from "../../../layers/queue/Deliveries.ts"
import { DeliveryRecorder } from "../../../services/alerter/DeliveryRecorder.ts"

const entry = (number: number): DeliveryEntry => ({
  entryId: `${number}-0`,
  deliveries: [{ alertId: `a${number}`, deliveredAt: number, tries: 1, attempts: [] }]
})

it.effect("stores what was delivered and forgets it then; while the database is away it stays in the queue", () =>
  Effect.gen(function*() {
    let queue = [entry(1), entry(2)]
    let away = true
    const stored: Array<string> = []
    const running = DeliveryRecorder.pipe(
      Layer.provide(Layer.succeed(Deliveries, {
        read: (entries) => Effect.sync(() => queue.slice(0, entries)),
        forget: (ids) => Effect.sync(() => void (queue = queue.filter(({ entryId }) => !ids.includes(entryId)))),
        state: () => Effect.succeed(undefined)
      })),
      Layer.provide(Layer.succeed(DeliveryRecord, {
        record: (deliveries) =>
          away
            ? Effect.fail(new DeliveryRecordUnavailable({ detail: "away" }))
            : Effect.sync(() => void stored.push(...deliveries.map(({ alertId }) => alertId))),
        newest: () => Effect.succeed([]),
        find: () => Effect.succeed(undefined)
      })),
      Layer.provide(Logger.layer([]))
    )
    yield* Layer.build(running)
    yield* TestClock.adjust("3 seconds")
    assert.lengthOf(queue, 2)
    away = false
    yield* TestClock.adjust("3 seconds")
    assert.deepStrictEqual(stored, ["a1", "a2"])
    assert.lengthOf(queue, 0)
  }))
