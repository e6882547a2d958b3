import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { makeDynamicConfigMemory } from "../../../layers/config/DynamicConfigMemory.ts"
import { type AppendLimits, EventQueue } from "../../../layers/queue/EventQueue.ts"
import { Intake, IntakeLayer } from "../../../services/ingestor/Intake.ts"

it.effect("a running ingestor follows max_ingest_queue_size, ingest_max_rate and ingest_rate_window", () =>
  Effect.gen(function*() {
    const { layer, set } = yield* makeDynamicConfigMemory({
      max_ingest_queue_size: 5_000,
      ingest_max_rate: 70,
      ingest_rate_window: 2
    })
    const asked: Array<AppendLimits> = []
    const append = (parcels: ReadonlyArray<unknown>, limits: AppendLimits) =>
      Effect.sync(() => {
        asked.push(limits)
        return parcels.map(() => ({ _tag: "accepted" as const, depth: 1 }))
      })
    yield* Effect.gen(function*() {
      const { submit } = yield* Intake
      const parcel = { sender: "s", events: ["{}"], quarantined: [] }
      yield* submit(parcel)
      yield* set({ max_ingest_queue_size: 6_000 })
      yield* submit(parcel)
      yield* set({ ingest_max_rate: 80, ingest_rate_window: 3 })
      yield* submit(parcel)
    }).pipe(Effect.provide(IntakeLayer.pipe(Layer.provide([layer, Layer.mock(EventQueue, { append })]))))
    assert.deepStrictEqual(asked, [
      { capacity: 5_000, rate: 70, rateWindowMs: 2_000 },
      { capacity: 6_000, rate: 70, rateWindowMs: 2_000 },
      { capacity: 6_000, rate: 80, rateWindowMs: 3_000 }
    ])
  }))
