import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { inOneGo } from "../../../src/logic/steps.ts"
import { buildPolicy } from "../../../src/matching/Policy.ts"
import { delivery, event, policy, position, ruleSet } from "./events.ts"
import { evaluateAll } from "./stages.ts"

const at = "2026-08-22T10:00:00.000Z"

describe("decoding and evaluating a batch", () => {
  it.effect("decides about each event, in order, and keeps it as it stood in the queue", () =>
    Effect.gen(function*() {
      const batch = [delivery(1, { message: "page me" }), delivery(2), delivery(3, { message: "log me" })]
      const { rejected, evaluated } = yield* evaluateAll(batch, policy, at)
      assert.deepStrictEqual(rejected, [])
      assert.deepStrictEqual(evaluated.map(({ record }) => record.decision.outcome), [
        "forwarded",
        "unmatched",
        "suppressed"
      ])
      assert.deepStrictEqual(
        evaluated.map(({ position, record }) => [position, record.raw]),
        batch.map((one) => [one.position, one.payload])
      )
      const { correlationId, hostname, id, receivedAt, severity, timestamp } = event(2)
      assert.deepStrictEqual(evaluated[1]?.record.event, {
        id,
        timestamp,
        receivedAt,
        hostname,
        correlationId,
        severity
      })
    }))

  it.effect("sets aside what is no event, with the reason, and goes on", () =>
    Effect.gen(function*() {
      const batch = [
        { position: position(1), payload: "{" },
        { position: position(2), payload: "[]" },
        { position: position(3), payload: JSON.stringify({ ...event(3), severity: 9 }) },
        { position: position(4), payload: JSON.stringify({ ...event(4), hostname: undefined }) },
        delivery(5)
      ]
      const { rejected, evaluated } = yield* evaluateAll(batch, policy, at)
      assert.deepStrictEqual(evaluated.map(({ position }) => position), [position(5)])
      assert.deepStrictEqual(rejected.map(({ at, position, reason }) => [position, reason, at]), [
        [position(1), "undecodable", at],
        [position(2), "undecodable", at],
        [position(3), "undecodable", at],
        [position(4), "undecodable", at]
      ])
      assert.match(rejected[3]?.detail ?? "", /hostname/)
    }))

  it.effect("decides the same about a long message as about a short one", () =>
    Effect.gen(function*() {
      const { evaluated } = yield* evaluateAll(
        [delivery(1, { message: "x".repeat(60_000) + "page me" }), delivery(2)],
        policy,
        at
      )
      assert.deepStrictEqual(evaluated.map(({ record }) => record.decision.outcome), ["forwarded", "unmatched"])
    }))

  it.effect("lets others run while it evaluates many characters", () =>
    Effect.gen(function*() {
      let turns = 0
      const others = Effect.forever(Effect.andThen(Effect.sync(() => turns++), Effect.yieldNow))
      const batch = Array.from({ length: 400 }, (_, index) => delivery(index, { message: "x".repeat(4_000) }))
      yield* Effect.raceFirst(evaluateAll(batch, policy, at), others)
      assert.isAtLeast(turns, 5)
    }))

  it.effect("lets others run after as many characters as its largest pattern sees of one message", () =>
    Effect.gen(function*() {
      const [first] = ruleSet.rules
      if (first === undefined) return assert.fail("there is no rule")
      const large = inOneGo(buildPolicy({
        ...ruleSet,
        rules: [{ ...first, matchType: "regex", matchString: "(?:a|b)*a(?:a|b){330}z" }]
      }))
      let turns = 0
      const others = Effect.forever(Effect.andThen(Effect.sync(() => turns++), Effect.yieldNow))
      const batch = Array.from({ length: 40 }, (_, index) => delivery(index, { message: "x".repeat(4_000) }))
      yield* Effect.raceFirst(evaluateAll(batch, large, at), others)
      assert.isAtLeast(turns, 5)
    }))

  it.effect("takes an event that breaks the rules out, and only that", () =>
    Effect.gen(function*() {
      const fragile = {
        ...policy,
        decide: (one: ReturnType<typeof event>) => {
          if (one.message === "bad") throw new TypeError("oh no")
          return policy.decide(one)
        },
        *decideSlowly(): Generator<void, never> {
          throw new TypeError("oh no, slowly")
        }
      }
      const batch = [delivery(1, { message: "bad" }), delivery(2), delivery(3, { message: "y".repeat(5_000) })]
      const { rejected, evaluated } = yield* evaluateAll(batch, fragile, at)
      assert.deepStrictEqual(evaluated.map(({ position }) => position), [position(2)])
      assert.deepStrictEqual(rejected.map(({ detail, position, reason }) => [position, reason, detail]), [
        [position(1), "broken", "TypeError: oh no"],
        [position(3), "broken", "TypeError: oh no, slowly"]
      ])
    }))
})
