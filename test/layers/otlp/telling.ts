import { Context, Effect, Exit, Fiber, Layer, Redacted, Scope } from "effect"
import { PrometheusMetrics } from "effect/observability"
import { TestClock } from "effect/testing"
import { HttpTransportUndici } from "../../../layers/delivery/HttpTransportUndici.ts"
import { Environment, type OtelSettings } from "../../../layers/environment/Environment.ts"
import { OtlpLayer } from "../../../layers/otlp/OtlpLayer.ts"
import { TelemetryLayer } from "../../../layers/telemetry/TelemetryLayer.ts"
import { Tracing } from "../../../layers/telemetry/Tracing.ts"
import { staticConfig } from "../connections.ts"

export const otelOf = (collector: string, over: Partial<OtelSettings> = {}): OtelSettings => ({
  traces: new URL(`${collector}/v1/traces`),
  more: undefined,
  headers: Redacted.make({ "x-token": "token-of-tests" }),
  serviceName: undefined,
  resource: { "deployment.environment.name": "test" },
  sampler: "parentbased_traceidratio",
  ratio: 1,
  maxQueue: 10_000,
  maxBatch: 512,
  delayMs: 5_000,
  timeoutMs: 10_000,
  ...over
})

/** What a program stands on that tells a collector of itself. */
export const telling = (otel: OtelSettings | undefined) =>
  OtlpLayer(HttpTransportUndici).pipe(
    Layer.provideMerge(TelemetryLayer("alerter")),
    Layer.provideMerge(Layer.succeed(Environment, { ...staticConfig({}), otel }))
  )

/** A program that tells a collector, until it is closed. */
export const tell = (collector: string, over: Partial<OtelSettings> = {}) =>
  Effect.gen(function*() {
    const scope = yield* Scope.fork(yield* Effect.scope)
    const context = yield* Layer.buildWithScope(telling(otelOf(collector, over)), scope)
    const metrics = Effect.provide(PrometheusMetrics.format(), context)
    return {
      context,
      tracing: Context.get(context, Tracing),
      close: Scope.close(scope, Exit.void),
      dropped: Effect.map(metrics, (text) =>
        Number(/^mutt_telemetry_dropped_total\{signal="traces"\} (\d+)$/m.exec(text)?.[1] ?? 0))
    }
  })

/** Lets the test's time pass until it is done: what is waited for comes over the network, which has its own. */
export const passing = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(effect)
    while (fiber.pollUnsafe() === undefined) {
      yield* TestClock.adjust("200 millis")
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    }
    return yield* Fiber.join(fiber)
  })
