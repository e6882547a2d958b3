import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { judge } from "../../../services/alerter/evaluate.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { buildPolicy } from "../../../src/matching/Policy.ts"
import { delivery, event, place, policy, ruleSet } from "./events.ts"

const at = "2026-08-22T10:00:00.000Z"

describe("judging a batch", () => {
  it.effect("decides about each event, in order, and keeps it as it stood in the queue", () =>
    Effect.gen(function*() {
      const batch = [delivery(1, { message: "page me" }), delivery(2), delivery(3, { message: "log me" })]
      const { hopeless, judged } = yield* judge(batch, policy, at)
      assert.deepStrictEqual(hopeless, [])
      assert.deepStrictEqual(judged.map(({ record }) => record.decision.outcome), [
        "forwarded",
        "unmatched",
        "suppressed"
      ])
      assert.deepStrictEqual(
        judged.map(({ place, record }) => [place, record.raw]),
        batch.map((one) => [one.place, one.payload])
      )
      const { correlationId, hostname, id, receivedAt, severity, timestamp } = event(2)
      assert.deepStrictEqual(judged[1]?.record.event, { id, timestamp, receivedAt, hostname, correlationId, severity })
    }))

  it.effect("sets aside what is no event, with the reason, and goes on", () =>
    Effect.gen(function*() {
      const batch = [
        { place: place(1), payload: "{" },
        { place: place(2), payload: "[]" },
        { place: place(3), payload: JSON.stringify({ ...event(3), severity: 9 }) },
        { place: place(4), payload: JSON.stringify({ ...event(4), hostname: undefined }) },
        delivery(5)
      ]
      const { hopeless, judged } = yield* judge(batch, policy, at)
      assert.deepStrictEqual(judged.map(({ place }) => place), [place(5)])
      assert.deepStrictEqual(hopeless.map(({ letter, place }) => [place, letter.reason, letter.at]), [
        [place(1), "undecodable", at],
        [place(2), "undecodable", at],
        [place(3), "undecodable", at],
        [place(4), "undecodable", at]
      ])
      assert.match(hopeless[3]?.letter.detail ?? "", /hostname/)
    }))

  it.effect("decides the same about a long message as about a short one", () =>
    Effect.gen(function*() {
      const { judged } = yield* judge(
        [delivery(1, { message: "x".repeat(60_000) + "page me" }), delivery(2)],
        policy,
        at
      )
      assert.deepStrictEqual(judged.map(({ record }) => record.decision.outcome), ["forwarded", "unmatched"])
    }))

  it.effect("lets others run while it judges many characters", () =>
    Effect.gen(function*() {
      let turns = 0
      const others = Effect.forever(Effect.andThen(Effect.sync(() => turns++), Effect.yieldNow))
      const batch = Array.from({ length: 400 }, (_, index) => delivery(index, { message: "x".repeat(4_000) }))
      yield* Effect.raceFirst(judge(batch, policy, at), others)
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
      yield* Effect.raceFirst(judge(batch, large, at), others)
      assert.isAtLeast(turns, 5)
    }))

  it.effect("takes an event that breaks the rules for hopeless, and only that", () =>
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
      const { hopeless, judged } = yield* judge(batch, fragile, at)
      assert.deepStrictEqual(judged.map(({ place }) => place), [place(2)])
      assert.deepStrictEqual(hopeless.map(({ letter, place }) => [place, letter.reason, letter.detail]), [
        [place(1), "broken", "TypeError: oh no"],
        [place(3), "broken", "TypeError: oh no, slowly"]
      ])
    }))
})
