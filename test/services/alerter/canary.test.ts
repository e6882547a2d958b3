import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { callerOf } from "../../../layers/secret/names.ts"
import { outcomesOf } from "../../../services/alerter/stages/outcomes.ts"
import { canary } from "../../../src/domain/Canary.ts"
import { parseClientSenders } from "../../../src/logic/clientSenders.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { buildPolicy } from "../../../src/matching/Policy.ts"
import { delivery, policy, ruleSet } from "./events.ts"
import { evaluateAll } from "./stages.ts"

const at = "2026-08-22T10:00:00.000Z"
const flown = { hostname: canary.hostname, sender: canary.sender }

/** Says how each of the events ends. */
const endings = Effect.fnUntraced(function*(deliveries: ReadonlyArray<ReturnType<typeof delivery>>, by = policy) {
  const { evaluated, rejected } = yield* evaluateAll(deliveries, by, at)
  const [outcomes, { candidates }] = outcomesOf(
    { at, evaluated, recorded: new Map(), rejected },
    { threshold: 1, windowMs: 1_000 }
  )
  return { evaluated, outcomes, candidates }
})

describe("the canary", () => {
  it.effect("is kept with its own reason and tells nobody, whatever the rules say", () =>
    Effect.gen(function*() {
      const [rule] = ruleSet.rules
      if (rule === undefined) return assert.fail("there is no rule")
      const forwardsAll = inOneGo(buildPolicy({ ...ruleSet, rules: [{ ...rule, matchString: "a" }] }))
      const long = "page me ".repeat(1_000)
      for (const by of [policy, forwardsAll]) {
        const { evaluated, outcomes } = yield* endings(
          [delivery(1, flown), delivery(2, { ...flown, message: "page me" }), delivery(3, { ...flown, message: long })],
          by
        )
        assert.deepStrictEqual(outcomes.map(({ _tag }) => _tag), ["suppressed", "suppressed", "suppressed"])
        for (const { record } of evaluated) {
          assert.deepInclude(record.decision, { outcome: "suppressed", ruleId: null, reason: canary.reason })
        }
      }
    }))

  it.effect("is none when another sender names a host so, or its own sender another host", () =>
    Effect.gen(function*() {
      const { candidates, outcomes } = yield* endings([
        delivery(1, { hostname: canary.hostname, message: "page me" }),
        delivery(2, { hostname: canary.hostname, sender: "canary" }),
        delivery(3, { sender: canary.sender, message: "page me" }),
        delivery(4, { sender: canary.sender })
      ])
      assert.deepStrictEqual(outcomes.map(({ _tag }) => _tag), ["forwarded", "unmatched", "forwarded", "unmatched"])
      const counted = outcomes.flatMap((outcome) => outcome._tag === "unmatched" ? [outcome.fingerprint] : [])
      assert.isTrue(counted.every((print) => candidates.get(print) !== undefined))
    }))

  it("has a sender that no other key and no certificate can stand for", () => {
    assert.deepStrictEqual(callerOf(canary.keyName), { name: canary.sender, role: "ingest" })
    for (const name of ["MUTT_CANARY", "MUTT/CANARY", "CANARY"]) {
      assert.notStrictEqual(callerOf(`API_KEY_INGEST_${name}`)?.name, canary.sender)
    }
    assert.isString(parseClientSenders(`probe=${canary.sender}`))
    assert.isString(parseClientSenders(canary.sender))
  })
})
