import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Metric } from "effect"
import { TestClock } from "effect/testing"
import type { DeliveryResult } from "../../../layers/delivery/Receiver.ts"
import type { Health } from "../../../services/moog-forwarder/Health.ts"
import { alertOf } from "../../layers/delivery/alerts.ts"
import { ownMetrics, seriesOf } from "../../layers/telemetry/seriesOf.ts"
import { range } from "./alertsWaiting.ts"
import { world } from "./harness.ts"

const ok: DeliveryResult = { _tag: "delivered", status: 200 }
const down: DeliveryResult = {
  _tag: "retry",
  reason: "timeout",
  detail: "no answer within 10000 ms",
  retryAfterMs: undefined
}
const rejected: DeliveryResult = { _tag: "rejected", reason: "http", detail: "HTTP 400" }

const alerts = (count: number, from = 0) => range(count).map((n) => alertOf(`a-${from + n}`))

const examine = (health: Health["Service"], name: string) => {
  const check = health.checks.find((check) => check.name === name)
  return check === undefined
    ? Effect.die(`no check ${name}`)
    : Effect.map(check.check, (result) => ({ ...result, required: check.required }))
}

describe("readiness of the forwarder", () => {
  it.effect("an outage of the platform is degraded, never down, and passes", () =>
    Effect.gen(function*() {
      const { handOver, platform, start } = yield* world()
      const { health } = yield* start()
      assert.deepStrictEqual(yield* examine(health, "moogsoft"), { state: "ok", required: false })
      yield* platform.answer(() => Effect.succeed(down))
      yield* handOver(alerts(20))
      yield* TestClock.adjust("1 minute")
      const outage = yield* examine(health, "moogsoft")
      assert.deepStrictEqual([outage.state, outage.required], ["degraded", false])
      assert.match(outage.detail ?? "", /circuit breaker (open|half_open); timeout: no answer within 10000 ms/)

      yield* platform.answer(() => Effect.succeed(ok))
      yield* TestClock.adjust("5 minutes")
      const after = yield* examine(health, "moogsoft")
      assert.strictEqual(after.state, "ok")
      assert.isBelow(after.ageMs ?? Infinity, 300_000)
    }))

  it.effect("without a key it is not ready, and says which is missing", () =>
    Effect.gen(function*() {
      const { start, store } = yield* world()
      const { health } = yield* start()
      assert.strictEqual((yield* examine(health, "moog_api_key")).state, "ok")
      yield* store({})
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(yield* examine(health, "moog_api_key"), {
        state: "down",
        required: true,
        detail: "MOOG_API_KEY is not in the store (env)"
      })
    }))
})

describe("metrics of the forwarder", () => {
  it.effect("count what became of each try, and show what waits", () =>
    Effect.gen(function*() {
      const { handOver, platform, start } = yield* world({ moog_max_retries: 1_000 })
      yield* platform.answer(({ id }) => Effect.succeed(id === "a-0" ? rejected : id === "a-1" ? down : ok))
      yield* start()
      assert.deepStrictEqual(yield* seriesOf("mutt_moog_alerts_processed_total"), { success: 0, error: 0, dlq: 0 })
      yield* handOver(alerts(10))
      yield* TestClock.adjust("10 millis")
      yield* TestClock.adjust("2 seconds")
      const processed = yield* seriesOf("mutt_moog_alerts_processed_total")
      assert.deepStrictEqual([processed["success"], processed["dlq"]], [8, 1])
      assert.isAtLeast(processed["error"] ?? 0, 1)
      assert.deepStrictEqual(yield* seriesOf("mutt_moog_queue_depth"), { "": 1 })
      assert.deepStrictEqual(yield* seriesOf("mutt_moog_dlq_depth"), { "": 1 })
      assert.deepStrictEqual(yield* seriesOf("mutt_moog_processing_list_depth"), { "": 0 })
      assert.deepStrictEqual(yield* seriesOf("mutt_moog_delivery_delay_seconds"), { "": 8 })
    }).pipe(ownMetrics))

  it.effect("show no delay below 0 where the ingestor's clock is ahead, and leave no delivery out", () =>
    Effect.gen(function*() {
      const { handOver, start } = yield* world()
      const delays = Effect.map(
        Metric.snapshot,
        (all) =>
          all.flatMap((metric) =>
            metric.id === "mutt_moog_delivery_delay_seconds" && metric.type === "Histogram" ? [metric.state] : []
          )
      )
      yield* start()
      yield* handOver([alertOf("ahead", { receivedAt: "2999-01-01T00:00:00.000Z" })])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual((yield* delays).map(({ count, min }) => [count, min]), [[1, 0]])
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("tell an alert that waited for an open breaker from one that was slow", () =>
    Effect.gen(function*() {
      const { handOver, platform, start } = yield* world({ circuit_breaker_threshold: 2 })
      const longest = (id: string) =>
        Effect.map(Metric.snapshot, (all) =>
          all.flatMap((metric) => metric.id === id && metric.type === "Histogram" ? [metric.state] : [])[0])
      yield* start({ concurrency: 1 })
      yield* TestClock.adjust("1 minute")
      yield* platform.answer(() =>
        Effect.succeed(down)
      )
      const receivedAt = DateTime.formatIso(yield* DateTime.now)
      yield* handOver(["b-1", "b-2", "b-3"].map((id) => alertOf(id, { receivedAt })))
      yield* TestClock.adjust("10 minutes")
      yield* platform.answer(() => Effect.succeed(ok))
      yield* TestClock.adjust("10 minutes")
      const whole = yield* longest("mutt_moog_delivery_delay_seconds")
      const closed = yield* longest("mutt_moog_delivery_delay_breaker_closed_seconds")
      assert.deepStrictEqual([whole?.count, closed?.count], [3, 3])
      assert.isAbove(whole?.min ?? 0, 500)
      assert.isBelow(closed?.max ?? Infinity, 60)
    }).pipe(ownMetrics))

  it.effect("count waits for the limit", () =>
    Effect.gen(function*() {
      const { handOver, start } = yield* world({ moog_rate_limit: 1, moog_rate_period: 1 })
      yield* handOver(alerts(3))
      yield* start()
      yield* TestClock.adjust("5 seconds")
      assert.isAtLeast((yield* seriesOf("mutt_moog_rate_limit_hits_total"))[""] ?? 0, 2)
    }).pipe(ownMetrics))

  it.effect("follow the breaker", () =>
    Effect.gen(function*() {
      const { handOver, platform, start } = yield* world({ circuit_breaker_threshold: 2 })
      yield* platform.answer(() => Effect.succeed(down))
      yield* start({ concurrency: 1 })
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(yield* seriesOf("mutt_circuit_breaker_state"), { moogsoft: 0 })
      yield* handOver(alerts(5))
      yield* TestClock.adjust("20 seconds")
      assert.deepStrictEqual(yield* seriesOf("mutt_circuit_breaker_state"), { moogsoft: 2 })
      assert.isAtLeast((yield* seriesOf("mutt_circuit_breaker_failures"))["moogsoft"] ?? 0, 2)

      yield* platform.answer(() => Effect.succeed(ok))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* seriesOf("mutt_circuit_breaker_state"), { moogsoft: 0 })
      const changes = yield* seriesOf("mutt_circuit_breaker_state_changes_total")
      assert.deepStrictEqual(changes, {
        "moogsoft CLOSED OPEN": 1,
        "moogsoft OPEN HALF_OPEN": 1,
        "moogsoft HALF_OPEN CLOSED": 1
      })
    }).pipe(ownMetrics))
})
