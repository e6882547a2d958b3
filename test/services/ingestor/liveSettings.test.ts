import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { type AppendLimits, EventQueue } from "../../../layers/queue/EventQueue.ts"
import { IngestBatcher, IngestBatcherLayer } from "../../../services/ingestor/IngestBatcher.ts"
import { makeDynamicConfigMemory } from "../../layers/config/DynamicConfigMemory.ts"

it.effect("a running ingestor follows the limits of the queue, of the rate and of the quarantine", () =>
  Effect.gen(function*() {
    const { layer, set } = yield* makeDynamicConfigMemory({
      max_ingest_queue_size: 5_000,
      ingest_max_rate: 70,
      ingest_rate_window: 2,
      max_ingest_queue_bytes: 2_000_000,
      quarantine_max_records: 3_000
    })
    const asked: Array<AppendLimits> = []
    const append = (eventBatches: ReadonlyArray<unknown>, limits: AppendLimits) =>
      Effect.sync(() => {
        asked.push(limits)
        return eventBatches.map(() => ({ _tag: "accepted" as const, depth: 1 }))
      })
    yield* Effect.gen(function*() {
      const { submit } = yield* IngestBatcher
      const eventBatch = { sender: "s", events: ["{}"], quarantined: [] }
      yield* submit(eventBatch)
      yield* set({ max_ingest_queue_size: 6_000 })
      yield* submit(eventBatch)
      yield* set({ ingest_max_rate: 80, ingest_rate_window: 3 })
      yield* submit(eventBatch)
      yield* set({ max_ingest_queue_bytes: 4_000_000, quarantine_max_bytes: 5_000_000, quarantine_retention_days: 1 })
      yield* submit(eventBatch)
    }).pipe(Effect.provide(IngestBatcherLayer.pipe(Layer.provide([layer, Layer.mock(EventQueue, { append })]))))
    const first = {
      capacity: 5_000,
      capacityBytes: 2_000_000,
      rate: 70,
      rateWindowMs: 2_000,
      quarantine: { records: 3_000, bytes: 268_435_456, keptMs: 2_592_000_000 }
    }
    assert.deepStrictEqual(asked, [
      first,
      { ...first, capacity: 6_000 },
      { ...first, capacity: 6_000, rate: 80, rateWindowMs: 3_000 },
      {
        capacity: 6_000,
        capacityBytes: 4_000_000,
        rate: 80,
        rateWindowMs: 3_000,
        quarantine: { records: 3_000, bytes: 5_000_000, keptMs: 86_400_000 }
      }
    ])
  }))
