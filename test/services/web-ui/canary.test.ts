import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Logger, Metric } from "effect"
import { TestClock } from "effect/testing"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { type Answer, HttpTransport, NoAnswer, type Posting } from "../../../layers/delivery/HttpTransport.ts"
import { Environment } from "../../../layers/environment/Environment.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { makeMeasured } from "../../../services/web-ui/canary/CanaryLayer.ts"
import { canary } from "../../../src/domain/Canary.ts"
import { EventAuditMemory } from "../../layers/audit/EventAuditMemory.ts"
import { staticConfig } from "../../layers/connections.ts"
import { makeSecretStoreMemory } from "../../layers/secret/SecretStoreMemory.ts"
import { uuid } from "../alerter/events.ts"

const [current, next] = ["the-first-canary-key", "the-other-canary-key"]

/** A web-ui's canary, an ingestor that answers as wanted, and a record. */
const world = (answer: (key: string) => Effect.Effect<number, NoAnswer>, secrets: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    const posted: Array<Posting> = []
    const lines: Array<string> = []
    const store = yield* makeSecretStoreMemory(secrets)
    const transport = HttpTransport.of({
      post: (posting) => {
        posted.push(posting)
        return Effect.map(
          answer(posting.headers["authorization"]?.replace("Bearer ", "") ?? ""),
          (status): Answer => ({ status, retryAfter: undefined, contentType: undefined, start: "", end: "whole" })
        )
      }
    })
    const context = yield* Layer.build(
      Layer.mergeAll(
        EventAuditMemory,
        Layer.succeed(HttpTransport, transport),
        Layer.succeed(Environment, staticConfig({})),
        SecretsFromStore.pipe(Layer.provide(store.layer)),
        Layer.succeed(Metric.MetricRegistry, new Map())
      ).pipe(Layer.provideMerge(Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])))
    )
    const { record } = Context.get(context, EventAudit)
    const measured = yield* Effect.provide(makeMeasured(60_000), context)
    return {
      posted,
      lines,
      fly: Effect.provide(measured, context),
      /** What the alerter does with the newest that was posted. */
      decide: (reason: string) =>
        Effect.suspend(() => {
          const { body = "{}", headers } = posted.at(-1) ?? {}
          const at = "1970-01-01T00:00:00.000Z"
          const event = {
            id: uuid(posted.length),
            timestamp: at,
            receivedAt: at,
            hostname: canary.hostname,
            correlationId: headers?.["x-correlation-id"] ?? ""
          }
          const decision = {
            outcome: "suppressed",
            environment: "prod",
            ruleId: null,
            handling: null,
            team: "",
            rulesVersion: null,
            cause: "canary",
            causeId: null
          } as const
          return record([{ event, raw: body, decision: { ...decision, reason } }])
        }),
      metrics: Effect.map(
        Effect.provide(Metric.snapshot, context),
        (all) =>
          Object.fromEntries(all.map(({ attributes, id, state }) => [
            [id.replace("mutt_canary_", ""), attributes?.["reason"]].filter((part) => part !== undefined).join(" "),
            state
          ]))
      )
    }
  })

describe("the canary of the web-ui", () => {
  it.effect("is sent with its key, and measured until it is in the record", () =>
    Effect.gen(function*() {
      const { decide, fly, metrics, posted } = yield* world(() => Effect.succeed(200), { CANARY_API_KEY: current })
      yield* TestClock.setTime(1_000_000)
      const flying = yield* Effect.forkChild(fly)
      yield* TestClock.adjust("2 seconds")
      assert.lengthOf(posted, 1)
      assert.include(posted[0]?.headers, { authorization: `Bearer ${current}` })
      assert.include(posted[0]?.body, `"hostname":"${canary.hostname}"`)
      yield* decide(canary.reason)
      yield* TestClock.adjust("1 seconds")
      yield* Fiber.join(flying)
      const { "failures_total post": post, last_success_timestamp_seconds: last, seconds } = yield* metrics
      assert.deepInclude(post, { count: 0 })
      assert.isAbove(Number(last && "value" in last && last.value), 1_001)
      assert.deepInclude(seconds, { count: 1 })
    }))

  it.effect("fails for the record when it is not there in time, or was decided as any other event", () =>
    Effect.gen(function*() {
      const { decide, fly, lines, metrics } = yield* world(() => Effect.succeed(200), { CANARY_API_KEY: current })
      for (const reason of [undefined, "No active rule matches."]) {
        const flying = yield* Effect.forkChild(fly)
        yield* TestClock.adjust("1 seconds")
        if (reason !== undefined) yield* decide(reason)
        yield* TestClock.adjust("60 seconds")
        yield* Fiber.join(flying)
      }
      const { "failures_total record": record, last_success_timestamp_seconds: last } = yield* metrics
      assert.deepInclude(record, { count: 2 })
      assert.deepInclude(last, { value: 0 })
      assert.lengthOf(lines.filter((line) => line.includes("The canary does not get through.")), 1)
    }))

  it.effect("fails for the post when nobody answers, or neither key is good, and tries NEXT", () =>
    Effect.gen(function*() {
      const refusing = yield* world(() => Effect.succeed(401), {
        CANARY_API_KEY_CURRENT: current,
        CANARY_API_KEY_NEXT: next
      })
      yield* refusing.fly
      assert.lengthOf(refusing.posted, 2)
      assert.deepInclude((yield* refusing.metrics)["failures_total post"], { count: 1 })
      assert.notInclude(refusing.lines.join(), current)

      const silent = yield* world(() => Effect.fail(new NoAnswer({ reason: "connection", detail: "ECONNREFUSED" })), {
        CANARY_API_KEY: current
      })
      yield* silent.fly
      assert.deepInclude((yield* silent.metrics)["failures_total post"], { count: 1 })

      const rotated = yield* world((key) => Effect.succeed(key === next ? 200 : 401), {
        CANARY_API_KEY_CURRENT: current,
        CANARY_API_KEY_NEXT: next
      })
      const flying = yield* Effect.forkChild(rotated.fly)
      yield* TestClock.adjust("100 millis")
      yield* rotated.decide(canary.reason)
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(flying)
      assert.deepInclude((yield* rotated.metrics)["seconds"], { count: 1 })

      const keyless = yield* world(() => Effect.succeed(200), {})
      yield* keyless.fly
      assert.lengthOf(keyless.posted, 0)
      assert.deepInclude((yield* keyless.metrics)["failures_total post"], { count: 1 })
    }))
})
