import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Posting } from "../../../scripts/proofs/conservation/Ledger.ts"
import { replicas, short } from "../../../scripts/proofs/conservation/Plan.ts"
import { report, runSeed } from "../../../scripts/proofs/conservation/run.ts"
import { makeStack } from "../../../scripts/proofs/conservation/Stack.ts"

const seeds = 10

describe("under 500 events a second", () => {
  it.live(
    "every event answered 2xx ends exactly once, whatever is killed or away meanwhile",
    () =>
      Effect.gen(function*() {
        const stack = yield* makeStack({ replicas })
        let postings: ReadonlyArray<Posting> = []
        for (let seed = 1; seed <= seeds; seed++) {
          const run = yield* runSeed(stack, seed, short, postings)
          postings = run.postings
          assert.deepStrictEqual(run.verdict.problems, [], report(run.verdict, run.plan, stack, short))
        }
      }),
    600_000
  )
})
