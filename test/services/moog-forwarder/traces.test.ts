import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { DeliveryResult } from "../../../layers/delivery/Receiver.ts"
import { CurrentSpan } from "../../../layers/telemetry/Tracing.ts"
import { alertOf } from "../../layers/delivery/alerts.ts"
import { recordingTracing } from "../../layers/telemetry/recordingTracing.ts"
import { world } from "./harness.ts"

const decided = { traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: true }
const told = { ...alertOf("told"), traceparent: `00-${decided.traceId}-${decided.spanId}-01` }
const busy: DeliveryResult = { _tag: "retry", reason: "http", detail: "HTTP 500: canary", retryAfterMs: undefined }

/** Delivers two alerts, the first time in vain. Gives what the adapter worked for, in order. */
const delivering = Effect.gen(function*() {
  const { delivered, handOver, platform, start } = yield* world()
  const worked: Array<string> = []
  yield* platform.answer((alert) =>
    Effect.map(CurrentSpan, (span): DeliveryResult => {
      worked.push(`${alert.id} ${span?.traceId ?? "-"} ${span?.spanId ?? "-"}`)
      return worked.length <= 2 ? busy : { _tag: "delivered", status: 200 }
    })
  )
  yield* start()
  yield* handOver([told, { ...alertOf("untold"), signature: "another" }])
  yield* TestClock.adjust("1 minute")
  assert.sameMembers(delivered(), ["told", "untold"])
  return worked
})

describe("the span of a delivery", () => {
  it.effect("is one for each try, beneath the decision, and says how the try ended", () =>
    Effect.gen(function*() {
      const { provide, spans } = recordingTracing("always_off")
      const worked = yield* provide(delivering)
      assert.deepStrictEqual(
        spans.map(({ attributes, failure, kind, name, parentSpanId, traceId }) => [
          name,
          kind,
          traceId,
          parentSpanId,
          failure,
          attributes["http.request.resend_count"]
        ]),
        [
          ["deliver", "client", decided.traceId, decided.spanId, "retry: http", undefined],
          ["deliver", "client", decided.traceId, decided.spanId, undefined, 1]
        ]
      )
      assert.sameMembers(worked, [
        ...spans.map(({ spanId, traceId }) => `told ${traceId} ${spanId}`),
        "untold - -",
        "untold - -"
      ])
      assert.notInclude(JSON.stringify(spans.map(({ attributes }) => attributes)), "canary")
    }))

  it.effect("is none where nobody is told, and the platform hears of the decision", () =>
    Effect.gen(function*() {
      const worked = yield* delivering
      const handedOn = `told ${decided.traceId} ${decided.spanId}`
      assert.sameMembers(worked, [handedOn, handedOn, "untold - -", "untold - -"])
    }))
})
