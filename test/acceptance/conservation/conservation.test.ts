import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Posting } from "../../../scripts/proofs/conservation/Ledger.ts"
import { makePlan, replicas, short } from "../../../scripts/proofs/conservation/Plan.ts"
import { report, runSeed } from "../../../scripts/proofs/conservation/run.ts"
import { makeStack } from "../../../scripts/proofs/conservation/Stack.ts"
import { programNames } from "../../../scripts/stack/Program.ts"

/** Few that meet everything; `npm run conservation` plays any number. */
const seeds = [1, 2, 3, 4, 10]

const plans = seeds.map((seed) => makePlan(seed, short))

describe("under 500 events a second", () => {
  it("each program is killed and frozen, each server goes away, and the platform fails in each way", () => {
    const faults = plans.flatMap(({ acts }) => acts.map(({ fault }) => fault))
    const met = new Set(faults.map((fault) => {
      switch (fault._tag) {
        case "kill":
        case "freeze":
          return `${fault._tag} ${fault.program}`
        case "cut":
          return `${fault._tag} ${fault.server}`
        case "platform":
          return `${fault._tag} ${fault.how}`
        default:
          return fault._tag
      }
    }))
    assert.sameMembers([...met], [
      ...programNames.flatMap((name) => [`kill ${name}`, `freeze ${name}`]),
      "cut redis",
      "cut postgres",
      "killRedis",
      "stopPostgres",
      "platform error",
      "platform overload",
      "platform timeout",
      "clock",
      "applyRules",
      "silence"
    ])
    assert.sameMembers([...new Set(plans.map(({ alerters }) => alerters))], [1, 2])
  })

  it.live(
    "every event answered 2xx ends exactly once, whatever is killed or away meanwhile",
    () =>
      Effect.gen(function*() {
        const stack = yield* makeStack({ replicas })
        let postings: ReadonlyArray<Posting> = []
        for (const seed of seeds) {
          const run = yield* runSeed(stack, seed, short, postings)
          postings = run.postings
          assert.deepStrictEqual(run.verdict.problems, [], report(run.verdict, run.plan, stack, short))
        }
      }),
    600_000
  )
})
