import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Tracing } from "../../../layers/telemetry/Tracing.ts"
import { newBatch } from "../../../services/alerter/Batch.ts"
import { DecisionRecorder, makeRecord } from "../../../services/alerter/stages/record.ts"
import { parseTraceparent } from "../../../src/logic/traceparent.ts"
import { recordingTracing } from "../../layers/telemetry/recordingTracing.ts"
import { delivery, policy } from "./events.ts"
import { evaluateAll } from "./stages.ts"

const at = "2026-08-22T10:00:00.000Z"
const from = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`

const alertsOf = ({ evaluated }: Effect.Success<ReturnType<typeof evaluateAll>>) =>
  evaluated.map(({ outcome }) => outcome._tag === "forwarded" ? JSON.parse(outcome.alert.payload).traceparent : "")

describe("the span of a decision", () => {
  it.effect("stands beneath what the event says, says what was decided, and is where the alert goes on", () =>
    Effect.gen(function*() {
      const { provide, spans } = recordingTracing("always_off")
      const batch = yield* provide(evaluateAll(
        [
          delivery(1, { message: "page me", traceparent: from("a") }),
          delivery(2, { message: "page me" }),
          delivery(3, { message: "log me", traceparent: from("c") }),
          delivery(4, { message: "log me", traceparent: "nonsense" })
        ],
        policy,
        at
      ))
      assert.deepStrictEqual(
        batch.spans.map(({ span: { kind, name, parentSpanId, traceId } }) => [name, kind, parentSpanId, traceId]),
        ["a", "c"].map((digit) => ["decide", "consumer", digit.repeat(16), digit.repeat(32)])
      )
      assert.deepStrictEqual(parseTraceparent(alertsOf(batch)[0]), {
        traceId: "a".repeat(32),
        spanId: batch.spans[0]?.span.spanId ?? "",
        sampled: true
      })
      assert.isUndefined(alertsOf(batch)[1])
      // They last until the batch is acknowledged.
      assert.deepStrictEqual(spans, [])
      for (const { span } of batch.spans) span.end()
      assert.deepInclude(spans[0]?.attributes, { "mutt.outcome": "forwarded", "mutt.rule_id": 1 })
      assert.notInclude(JSON.stringify(spans.map(({ attributes }) => attributes)), "page me")
    }))

  it.effect("is none where nobody is told, and the alert carries on what the event does", () =>
    Effect.gen(function*() {
      const batch = yield* evaluateAll([delivery(1, { message: "page me", traceparent: from("a") })], policy, at)
      assert.deepStrictEqual(batch.spans, [])
      assert.deepStrictEqual(alertsOf(batch), [from("a")])
    }))
})

describe("the span of a record", () => {
  it.effect("is one a batch, in the first trace that is told, linked to all that are", () =>
    Effect.gen(function*() {
      const { make, named } = recordingTracing("always_off")
      const tracing = yield* make
      const stage = yield* makeRecord.pipe(
        Effect.provide(Layer.succeed(DecisionRecorder, {
          record: (evaluated) => Effect.succeed({ accepted: evaluated, recorded: new Map(), refused: [] }),
          trouble: () => undefined
        }))
      )
      const spans = ["a", "b"].map((digit) =>
        tracing.start("decide", { parent: parseTraceparent(from(digit)), kind: "consumer" })
      )
      const recorded = (batch: Partial<ReturnType<typeof newBatch>>) =>
        Effect.provideService(stage({ ...newBatch([], at, Effect.void), ...batch }), Tracing, tracing)
      yield* recorded({})
      assert.deepStrictEqual(named("record"), [])
      yield* recorded({ spans: spans.map((span) => ({ span, receivedAt: at })) })
      const [record, ...more] = named("record")
      assert.deepStrictEqual(more, [])
      assert.deepStrictEqual([record?.kind, record?.parentSpanId], ["client", spans[0]?.spanId])
      assert.deepStrictEqual(record?.links.map(({ spanId }) => spanId), spans.map(({ spanId }) => spanId))
      assert.deepInclude(record?.attributes, { "db.system.name": "postgresql", "db.operation.batch.size": 0 })
    }))
})
