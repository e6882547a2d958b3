import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Layer, Schema, Stream } from "effect"
import { TestConsole } from "effect/testing"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { TraceRatioFollowsConfig } from "../../../layers/config/TraceRatioFollowsConfig.ts"
import {
  annotate,
  CurrentSpan,
  extract,
  inject,
  linkTo,
  recordFailure,
  traced,
  Tracing,
  within
} from "../../../layers/telemetry/Tracing.ts"
import { otlpReceiver, type ReceivedSpan } from "../../support/otlpReceiver.ts"
import { makeDynamicConfigMemory } from "../config/DynamicConfigMemory.ts"
import { defaults } from "../http/harness.ts"
import { tell } from "../otlp/telling.ts"
import { recordingTracing } from "./recordingTracing.ts"

class Broken extends Schema.TaggedError<Broken>()("Broken", {
  reason: Schema.Literals(["away", "refused"]),
  detail: Schema.String
}) {}

const canary = "canary: what a device wrote"

/** What a collector gets of an effect, by name. */
const toldOf = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    const collector = yield* otlpReceiver()
    const { close, context } = yield* tell(collector.url)
    yield* Effect.exit(Effect.provide(effect, context))
    yield* close
    assert.deepStrictEqual(collector.faults, [])
    const spans = new Map(collector.spans.map((span) => [span.name, span]))
    const named = (name: string): ReceivedSpan => spans.get(name) ?? assert.fail(`no span ${name}`)
    return { collector, named }
  })

/** Runs an effect as the first span of a trace. */
const root = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Tracing, ({ start }) => within(start("root"), effect))

describe("spans, as a collector gets them", () => {
  it.effect("stand beneath each other, with what they are about", () =>
    Effect.gen(function*() {
      const { collector, named } = yield* toldOf(root(
        Effect.void.pipe(
          traced("inner", { "db.operation.batch.size": 3, "mutt.ratio": 0.5, "mutt.repeated": true }, "client"),
          Effect.andThen(annotate({ "mutt.outcome": "forwarded" })),
          traced("outer", { "mutt.outcome": "unknown" })
        )
      ))
      const [top, outer, inner] = [named("root"), named("outer"), named("inner")]
      assert.lengthOf(collector.spans, 3)
      assert.deepStrictEqual([...new Set(collector.spans.map(({ traceId }) => traceId))], [top.traceId])
      assert.deepStrictEqual(
        [top, outer, inner].map(({ kind, parentSpanId }) => [kind, parentSpanId]),
        [["internal", undefined], ["internal", top.spanId], ["client", outer.spanId]]
      )
      assert.deepStrictEqual(inner.attributes, {
        "db.operation.batch.size": "3",
        "mutt.ratio": 0.5,
        "mutt.repeated": true
      })
      assert.deepStrictEqual(outer.attributes, { "mutt.outcome": "forwarded" })
      assert.deepStrictEqual(outer.status, {})
      assert.isTrue(collector.spans.every((span) => BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)))
    }))

  it.effect("say of a failure what kind it is, and never its words", () =>
    Effect.gen(function*() {
      const { collector, named } = yield* toldOf(root(
        Effect.all([
          Effect.exit(traced("typed")(Effect.fail(new Broken({ reason: "away", detail: canary })))),
          Effect.exit(traced("defect")(Effect.die(new RangeError(canary)))),
          Effect.exit(traced("interrupted")(Effect.interrupt)),
          Effect.exit(traced("text")(Effect.fail(canary)))
        ])
      ))
      const failures = ["typed", "defect", "interrupted", "text"].map(named)
      assert.deepStrictEqual(failures.map(({ status }) => status), [
        { code: 2, message: "Broken: away" },
        { code: 2, message: "RangeError" },
        { code: 2, message: "interrupted" },
        { code: 2, message: "failure" }
      ])
      assert.deepStrictEqual(failures.map(({ attributes }) => attributes["error.type"]), [
        "Broken: away",
        "RangeError",
        "interrupted",
        "failure"
      ])
      assert.notInclude(collector.bodies.join(), "canary")
    }))

  it.effect("are linked to the told ones of many, and begin where a message said", () =>
    Effect.gen(function*() {
      const parent = { traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: true }
      const { named } = yield* toldOf(Effect.gen(function*() {
        const { reserve, start } = yield* Tracing
        const place = reserve(parent)
        start("reserved", { parent, as: place }).end()
        start("batch", { links: linkTo([place, undefined, { ...parent, sampled: false }]) }).end()
      }))
      assert.deepInclude(named("reserved"), { traceId: parent.traceId, parentSpanId: parent.spanId })
      assert.deepStrictEqual(named("batch").links, [{ traceId: parent.traceId, spanId: named("reserved").spanId }])
      assert.notStrictEqual(named("batch").traceId, parent.traceId)
    }))

  it.effect("are those of a trace that is told alone; without an exporter there are none", () =>
    Effect.gen(function*() {
      const untold = { traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: false }
      const { collector } = yield* toldOf(Effect.all([
        traced("nothing to stand beneath")(Effect.void),
        traced("of another's trace")(Effect.void).pipe(Effect.provideService(CurrentSpan, untold)),
        // Effect's own.
        Effect.withSpan(Effect.void, "SELECT secret")
      ]))
      assert.deepStrictEqual(collector.bodies, [])
      const off = traced("no exporter")(Effect.succeed(1)).pipe(
        Effect.provideService(CurrentSpan, { ...untold, sampled: true })
      )
      assert.strictEqual(yield* off, 1)
    }))

  it.effect("give log lines their ids", () =>
    Effect.gen(function*() {
      const { named } = yield* toldOf(Effect.andThen(root(Effect.logInfo("within")), Effect.logInfo("without")))
      const lines = (yield* TestConsole.logLines).map((line) => JSON.parse(String(line)))
      const { spanId, traceId } = named("root")
      assert.deepStrictEqual(lines.map(({ message, span_id, trace_id }) => [message, trace_id, span_id]), [
        ["within", traceId, spanId],
        ["without", undefined, undefined]
      ])
    }))
})

describe("the setting trace_ratio", () => {
  it.effect("decides from its first change on; until then the environment does", () =>
    Effect.gen(function*() {
      const { layer } = recordingTracing("parentbased_traceidratio", 1)
      const first = { epoch: "", version: 0, values: { ...defaults, trace_ratio: 0 }, hostZones: [] }
      const fixed = Layer.succeed(DynamicConfig, {
        snapshot: () => first,
        changes: Stream.concat(Stream.succeed(first), Stream.never),
        status: Effect.die("not asked")
      })
      const follow = (config: Layer.Layer<DynamicConfig>) =>
        TraceRatioFollowsConfig.pipe(Layer.provide(config), Layer.provideMerge(layer))
      yield* Effect.gen(function*() {
        const { samples } = yield* Tracing
        for (let turn = 0; turn < 20; turn++) yield* Effect.yieldNow
        assert.isTrue(samples(undefined))
      }).pipe(Effect.provide(follow(fixed)))
      const config = yield* makeDynamicConfigMemory({ trace_ratio: 0 })
      yield* Effect.gen(function*() {
        const { samples } = yield* Tracing
        yield* Effect.yieldNow.pipe(Effect.repeat({ until: () => !samples(undefined) }))
        yield* config.set({ trace_ratio: 1 })
        yield* Effect.yieldNow.pipe(Effect.repeat({ until: () => samples(undefined) }))
      }).pipe(Effect.provide(follow(config.layer)))
    }))
})

describe("where a step stands", () => {
  it("goes from one to the next in a header", () => {
    const here = { traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: true }
    assert.deepStrictEqual(extract(inject(here)), here)
    assert.isUndefined(extract({}))
    assert.isUndefined(extract({ traceparent: "nonsense" }))
  })

  it("names a failure in few words", () => {
    assert.strictEqual(recordFailure(Cause.fail({ _tag: "NoAnswer", reason: 7 })), "NoAnswer")
  })
})
