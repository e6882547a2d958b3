import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Cause, ConfigProvider, Deferred, Effect, Fiber, Layer, Metric, Redacted, Ref, Schema } from "effect"
import { PrometheusMetrics } from "effect/observability"
import { TestClock, TestConsole } from "effect/testing"
import { LogLevelFollowsConfig } from "../../../layers/config/LogLevelFollowsConfig.ts"
import { EnvironmentLayer } from "../../../layers/environment/EnvironmentLayer.ts"
import { acceptCorrelationId, CorrelationId } from "../../../layers/telemetry/CorrelationId.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import { LogThreshold } from "../../../layers/telemetry/LogThreshold.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"
import { TelemetryLayer } from "../../../layers/telemetry/TelemetryLayer.ts"
import { makeDynamicConfigMemory } from "../config/DynamicConfigMemory.ts"
import { staticOf } from "../http/harness.ts"

const telemetry = () => TelemetryLayer("alerter").pipe(Layer.provide(staticOf("alerter")))

const telemetryWith = (env: Record<string, string>) =>
  TelemetryLayer("alerter").pipe(
    Layer.provide(EnvironmentLayer("alerter")),
    Layer.provide([ConfigProvider.layer(ConfigProvider.fromEnvRecord(env)), NodeServices.layer])
  )

const written = Effect.map(TestConsole.logLines, (lines) => lines.map((line) => JSON.parse(String(line))))

describe("log lines", () => {
  it.effect("are one JSON object each, with who wrote them and what they are about", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.UTC(2026, 7, 22, 10))
      yield* Effect.logInfo("Something\nhappened.").pipe(
        Effect.annotateLogs({ queue: "mutt:{ingest}", depth: 7 }),
        Effect.provideService(CorrelationId, "req-1"),
        Effect.provide(telemetry())
      )
      const lines = yield* TestConsole.logLines
      assert.strictEqual(lines.length, 1)
      assert.notInclude(String(lines[0]), "\n")
      assert.deepStrictEqual(yield* written, [{
        timestamp: "2026-08-22T10:00:00.000Z",
        level: "INFO",
        message: "Something\nhappened.",
        service: "mutt-alerter",
        version: "9.9.9",
        instance: "test-1",
        correlationId: "req-1",
        annotations: { queue: "mutt:{ingest}", depth: 7 }
      }])
    }))

  it.effect("hold no secret, in message, annotation or cause", () =>
    Effect.gen(function*() {
      const password = Redacted.make("hunter2", { label: "DB_PASS/CURRENT" })
      class Refused extends Schema.TaggedError<Refused>()("Refused", { password: Schema.Redacted(Schema.String) }) {}
      yield* Effect.logError(password, Cause.fail(new Refused({ password }))).pipe(
        Effect.annotateLogs({ password, nested: { password } }),
        Effect.provide(telemetry())
      )
      const [line] = yield* TestConsole.logLines
      assert.notInclude(String(line), "hunter2")
      assert.include(String(line), "redacted")
    }))

  it.effect("say why something failed, within bounds", () =>
    Effect.gen(function*() {
      yield* Effect.logError("It failed.", Cause.die(new Error("x".repeat(100_000)))).pipe(Effect.provide(telemetry()))
      const [line] = yield* written
      assert.match(line.cause, /x{100}/)
      assert.isAtMost(line.cause.length, 8_192)
    }))

  it.effect("are written from the level of LOG_LEVEL on, whatever its case", () =>
    Effect.gen(function*() {
      const all = Effect.all([Effect.logDebug("d"), Effect.logInfo("i"), Effect.logWarning("w"), Effect.logError("e")])
      for (const level of [undefined, "debug", "WARNING", "Error"]) {
        yield* Effect.provide(all, telemetryWith(level === undefined ? {} : { LOG_LEVEL: level }))
      }
      assert.deepStrictEqual(
        (yield* written).map(({ message }) => message).join(""),
        ["iwe", "diwe", "we", "e"].join("")
      )
    }))

  it.effect("have no level that nobody knows: the program does not start, and names what else is wrong", () =>
    Effect.gen(function*() {
      const env = { LOG_LEVEL: "loud", DB_PORT: "abc" }
      const failed = yield* Effect.flip(Effect.provide(Effect.void, telemetryWith(env)))
      assert.match(failed.message, /LOG_LEVEL: Expected debug, info, warn or error/)
      assert.match(failed.message, /DB_PORT/)
    }))

  it.effect("follow the setting log_level as it changes, and LOG_LEVEL until anything is set", () =>
    Effect.gen(function*() {
      const config = yield* makeDynamicConfigMemory({ log_level: "error" })
      yield* Effect.gen(function*() {
        const threshold = yield* LogThreshold
        yield* Effect.yieldNow.pipe(Effect.repeat({ until: () => !threshold.allows("Warn") }))
        yield* config.set({ log_level: "debug" })
        yield* Effect.yieldNow.pipe(Effect.repeat({ until: () => threshold.allows("Debug") }))
      }).pipe(Effect.provide(LogLevelFollowsConfig.pipe(Layer.provide(config.layer), Layer.provideMerge(telemetry()))))
    }))
})

describe("correlation ids", () => {
  it("are kept when well formed and replaced when not", () => {
    for (const good of ["a", "x".repeat(64), "A.b-c_9"]) assert.strictEqual(acceptCorrelationId(good), good)
    for (const bad of [undefined, "", "x".repeat(65), "a b", "a\n", "{}", "ü"]) {
      assert.notStrictEqual(acceptCorrelationId(bad), bad)
      assert.match(acceptCorrelationId(bad), /^[A-Za-z0-9._-]{1,64}$/)
    }
  })
})

describe("metrics", () => {
  it.effect("are this program's own, also when several share a process", () =>
    Effect.gen(function*() {
      const counter = Metric.counter("mutt_test_total", { description: "Test.", incremental: true })
      const first = yield* Effect.andThen(Metric.update(counter, 3), PrometheusMetrics.format()).pipe(
        Effect.provide(telemetry())
      )
      const second = yield* PrometheusMetrics.format().pipe(Effect.provide(telemetry()))
      assert.match(first, /^mutt_test_total 3$/m)
      assert.notInclude(second, "mutt_test_total")
    }))
})

describe("an error that is dropped", () => {
  it.effect("leaves a line and a count, and what interrupts is passed on", () =>
    Effect.gen(function*() {
      const metrics = yield* Effect.gen(function*() {
        yield* droppedAt("test", "It was dropped.")(Effect.fail("no"))
        yield* droppedAt("test", "It was dropped.")(Effect.die(new Error("bug")))
        const fiber = yield* Effect.forkChild(droppedAt("test", "It was dropped.")(Effect.never))
        yield* Effect.yieldNow
        yield* Fiber.interrupt(fiber)
        return yield* PrometheusMetrics.format()
      }).pipe(Effect.provide(telemetry()))
      assert.match(metrics, /^mutt_dropped_errors_total\{where="test"\} 2$/m)
      assert.deepStrictEqual((yield* written).map(({ level, message }) => [level, message]), [
        ["WARN", "It was dropped."],
        ["WARN", "It was dropped."]
      ])
    }))
})

describe("a background loop", () => {
  it.effect("that stops is reported, counted and started again after its pause", () =>
    Effect.gen(function*() {
      const metrics = yield* Effect.gen(function*() {
        const turns = yield* Ref.make(0)
        const third = yield* Deferred.make<void>()
        yield* Ref.updateAndGet(turns, (n) => n + 1).pipe(
          Effect.flatMap((n) =>
            n === 3
              ? Effect.andThen(Deferred.succeed(third, undefined), Effect.never)
              : Effect.die(new Error(`turn ${n}`))
          ),
          supervised("test", "10 seconds")
        )
        yield* TestClock.adjust("9 seconds")
        assert.strictEqual(yield* Ref.get(turns), 1)
        yield* TestClock.adjust("11 seconds")
        yield* Deferred.await(third)
        return yield* PrometheusMetrics.format()
      }).pipe(Effect.provide(telemetry()))
      assert.match(metrics, /^mutt_loop_restarts_total\{loop="test"\} 2$/m)
      const lines = yield* written
      assert.deepStrictEqual(lines.map(({ annotations, level }) => [level, annotations.loop]), [
        ["ERROR", "test"],
        ["ERROR", "test"]
      ])
    }))
})
