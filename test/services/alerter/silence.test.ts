import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { newBatch } from "../../../services/alerter/Batch.ts"
import { compose } from "../../../services/alerter/stages/compose.ts"
import { decode } from "../../../services/alerter/stages/decode.ts"
import { evaluate } from "../../../services/alerter/stages/evaluate.ts"
import { outcomesOf } from "../../../services/alerter/stages/outcomes.ts"
import { silence } from "../../../services/alerter/stages/silence.ts"
import type { Event } from "../../../src/domain/Event.ts"
import type { Silence } from "../../../src/silence/Silence.ts"
import { silenceIndex } from "../../../src/silence/silenceIndex.ts"
import { delivery, policy, uuid } from "./events.ts"

const at = "2026-08-22T10:00:00.000Z"

const made = (id: number, match: Silence["match"], changes: Partial<Silence> = {}): Silence => ({
  id,
  match,
  starts_at: "1970-01-01T00:00:00.000Z",
  comment: "why",
  ends_at: "1970-01-01T01:00:00.000Z",
  revision: 1,
  created_by: "noc",
  created_at: "1970-01-01T00:00:00.000Z",
  ...changes
})

/** Takes events through the stages until they are composed. */
const through = (silences: ReadonlyArray<Silence>, events: ReadonlyArray<Partial<Event>>) =>
  Effect.gen(function*() {
    const hits: Array<number> = []
    const deliveries = events.map((changes, index) => delivery(index, changes))
    const batch = yield* evaluate(yield* decode(newBatch(deliveries, at, Effect.void)), policy)
    const index = silenceIndex(silences, (id) => `rule-${id}`)
    const composed = yield* compose(yield* silence(batch, index, (id) => hits.push(id)))
    const [outcomes] = outcomesOf(composed, { threshold: 100, windowMs: 1_000 })
    return { composed, outcomes, hits, decisions: composed.evaluated.map(({ record }) => record.decision) }
  })

describe("the stage of silences", () => {
  it.effect("holds back what would be sent, with the silence in the record, and makes no alert of it", () =>
    Effect.gen(function*() {
      const { decisions: [held, other], hits, outcomes } = yield* through([made(7, { hosts: ["sw1"] })], [
        { message: "page me" },
        { message: "page me", hostname: "sw2" }
      ])
      assert.deepInclude(held, { outcome: "suppressed", cause: "silence", causeId: "7", ruleId: 1 })
      assert.match(held?.reason ?? "", /But a silence holds it back\.$/)
      assert.notInclude(held?.reason, "7")
      assert.deepInclude(other, { outcome: "forwarded", cause: null })
      assert.deepStrictEqual(outcomes.map(({ _tag }) => _tag), ["suppressed", "forwarded"])
      assert.deepStrictEqual(hits, [7])
    }))

  it.effect("holds back what no rule matches, so that it counts towards no meta-alert", () =>
    Effect.gen(function*() {
      const { decisions, outcomes } = yield* through([made(7, { hosts: ["sw1"] })], [{}, { hostname: "sw2" }])
      assert.deepInclude(decisions[0], { outcome: "suppressed", cause: "silence", ruleId: null })
      assert.deepStrictEqual(outcomes.map(({ _tag }) => _tag), ["suppressed", "unmatched"])
    }))

  it.effect("leaves to its handling what is kept as a record only", () =>
    Effect.gen(function*() {
      const { decisions, hits } = yield* through([made(7, { hosts: ["sw1"] })], [{ message: "log me" }])
      assert.deepInclude(decisions[0], { outcome: "suppressed", cause: "handling", causeId: null })
      assert.deepStrictEqual(hits, [])
    }))

  it.effect("knows rules by their names", () =>
    Effect.gen(function*() {
      const { decisions } = yield* through([made(7, { rules: ["rule-1"] })], [{ message: "page me" }, {}])
      assert.deepStrictEqual(decisions.map(({ cause }) => cause), ["silence", null])
    }))

  it.effect("covers by when an event arrived, and says which time of a schedule it was", () =>
    Effect.gen(function*() {
      const schedule = { zone: "Europe/Berlin", weekly: [{ days: ["TH" as const], from: "01:00", to: "01:30" }] }
      const { ends_at: _, ...recurring } = made(8, { hosts: ["sw1"] }, { schedule })
      const { decisions } = yield* through([made(7, { hosts: ["sw2"] }), recurring], [
        { hostname: "sw2", message: "page me", receivedAt: "1970-01-01T00:59:59.999Z" },
        { hostname: "sw2", message: "page me", receivedAt: "1970-01-01T01:00:00.000Z" },
        { message: "page me", receivedAt: "1970-01-01T00:10:00.000Z" },
        { message: "page me", receivedAt: "1970-01-01T00:30:00.000Z" }
      ])
      assert.deepStrictEqual(decisions.map(({ causeId }) => causeId), ["7", null, "8/1970-01-01T01:00", null])
    }))

  it.effect("makes one decision for all events that are alike, as the record sends each once", () =>
    Effect.gen(function*() {
      const { decisions } = yield* through(
        [made(7, { hosts: ["sw1"] })],
        Array.from({ length: 100 }, () => ({ message: "page me" }))
      )
      assert.strictEqual(new Set(decisions).size, 1)
    }))

  it.effect("is overruled by what another alerter has recorded", () =>
    Effect.gen(function*() {
      const { composed } = yield* through([made(7, { hosts: ["sw1"] })], [{ message: "page me" }])
      const forwarded = policy.decide({ ...JSON.parse(delivery(0, { message: "page me" }).payload) })
      const recorded = new Map([[uuid(0), forwarded]])
      const [outcomes] = outcomesOf({ ...composed, recorded }, { threshold: 100, windowMs: 1_000 })
      assert.deepStrictEqual(outcomes.map(({ _tag }) => _tag), ["forwarded"])
    }))

  it.effect("lets others run while it looks at many characters", () =>
    Effect.gen(function*() {
      let turns = 0
      const others = Effect.forever(Effect.andThen(Effect.sync(() => turns++), Effect.yieldNow))
      const batch = yield* evaluate(
        yield* decode(
          newBatch(
            Array.from({ length: 200 }, (_, index) => delivery(index, { message: "x".repeat(4_000) })),
            at,
            Effect.void
          )
        ),
        policy
      )
      const index = silenceIndex([made(7, { hosts: ["sw1"], message: { contains: "nothing" } })], () => undefined)
      yield* Effect.raceFirst(silence(batch, index, () => {}), others)
      assert.isAtLeast(turns, 5)
    }))
})
