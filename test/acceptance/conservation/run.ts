import { Effect } from "effect"
import { seeded } from "../../../scripts/bench/Random.ts"
import { heal, playAll } from "./faults.ts"
import { awaitDrained, gather, readBooks } from "./findings.ts"
import type { Posting } from "./Ledger.ts"
import { load } from "./Load.ts"
import { describeFault, makePlan, type Plan, type Scale } from "./Plan.ts"
import { reckon } from "./reckon.ts"
import { allReady, type Stack } from "./Stack.ts"

export interface Verdict {
  readonly seed: number
  readonly posted: number
  readonly accepted: number
  readonly drainMs: number
  /** Empty when every event is accounted for. */
  readonly problems: ReadonlyArray<string>
}

/** What to know of a failure, and how to see it again. */
export const report = (verdict: Verdict, plan: Plan, stack: Stack): string =>
  [
    `Seed ${verdict.seed}: ${verdict.problems.length} problems with ${verdict.accepted} accepted of ${verdict.posted} posted events.`,
    ...verdict.problems.slice(0, 20).map((problem) => `  - ${problem}`),
    ...(verdict.problems.length > 20 ? [`  … and ${verdict.problems.length - 20} more`] : []),
    "What was done:",
    ...plan.acts.map(({ atMs, fault }) => `  at ${atMs} ms: ${describeFault(fault)}`),
    `The logs of the programs: ${stack.logs}`,
    `To repeat it: npm run conservation -- --first ${verdict.seed} --seeds 1`
  ].join("\n")

/**
 * One seed on a stack that may have played others before: posts while faults are played, heals, waits until nothing is under way,
 * and reckons. `before` are the postings of earlier seeds on the same stack: they must still be where they were.
 */
export const runSeed = (
  stack: Stack,
  seed: number,
  scale: Scale,
  before: ReadonlyArray<Posting>
): Effect.Effect<
  { readonly verdict: Verdict; readonly plan: Plan; readonly postings: ReadonlyArray<Posting> },
  unknown
> =>
  Effect.gen(function*() {
    const plan = makePlan(seed, scale)
    yield* heal(stack)
    const [loaded] = yield* Effect.all([
      load({
        via: (send) => send(stack.urls.ingestor),
        key: stack.keys.ingest,
        seed,
        random: seeded(seed + 1_000_003),
        goesOn: (elapsedMs) => elapsedMs < plan.loadMs
      }),
      playAll(stack, plan)
    ], { concurrency: 2 })
    const from = performance.now()
    yield* allReady(stack)
    const drained = yield* awaitDrained(stack, 90_000)
    const drainMs = performance.now() - from
    const postings = [...before, ...loaded.postings]
    const left = drained ? [] : [`Not drained after 90 seconds: ${JSON.stringify(yield* readBooks(stack))}`]
    const problems = [
      ...left,
      ...loaded.oddities,
      ...stack.surprises(),
      ...reckon(postings, yield* gather(stack), plan.acts)
    ]
    const accepted = loaded.postings.filter((posting) => posting.accepted).length
    const verdict = { seed, posted: loaded.postings.length, accepted, drainMs, problems }
    return { verdict, plan, postings }
  })
