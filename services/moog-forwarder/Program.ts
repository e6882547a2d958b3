import { Effect, Layer } from "effect"
import { receivers } from "../../layers/delivery/receivers.ts"
import { Environment } from "../../layers/environment/Environment.ts"
import { serveProgram } from "../../layers/http/CommonRoutes.ts"
import { durabilityCheck } from "../../layers/http/durabilityCheck.ts"
import { queueFormatCheck, redisCheck } from "../../layers/http/HealthCheck.ts"
import { rightsCheck } from "../../layers/http/rightsCheck.ts"
import { AlertConsumer } from "./AlertConsumer.ts"
import { ForwarderSettings } from "./ForwarderSettings.ts"
import { Health, HealthLayer } from "./Health.ts"
import { processed } from "./metrics.ts"

const Delivery = Layer.unwrap(Effect.gen(function*() {
  const own = yield* ForwarderSettings
  const { version } = yield* Environment
  const timeoutMs = own.timeout * 1_000
  return AlertConsumer({
    concurrency: own.concurrency,
    timeoutMs,
    leaseMarginMs: own.leaseMargin * 1_000,
    retryBaseMs: own.retryBaseDelay * 1_000,
    retryMaxMs: own.retryMaxDelay * 1_000
  }).pipe(Layer.provide(receivers.moogsoft({ url: own.webhookUrl, timeoutMs, version })))
}))

const Http = Layer.unwrap(Effect.gen(function*() {
  const health = yield* Health
  return serveProgram({
    program: "moog-forwarder",
    description: "Delivers alerts to Moogsoft, at the rate and in the order they may go.",
    endpoints: {},
    checks: Effect.map(
      Effect.all([redisCheck, queueFormatCheck, durabilityCheck(false), rightsCheck]),
      (redis) => [...redis, ...health.checks]
    ),
    routes: Layer.empty,
    collect: [health.refresh],
    report: { work: [processed.success] }
  })
}))

/** The whole forwarder. Needs queue, settings, secrets, an HttpServer, and Redis for its check. */
export const Program = Layer.mergeAll(Delivery, Http).pipe(Layer.provide(HealthLayer))
