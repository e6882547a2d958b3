import { Effect, Fiber } from "effect"
import { seeded } from "../../bench/Random.ts"
import { type Deliveries, judgeDeliveries } from "./deliveries.ts"
import { describeFault } from "./Fault.ts"
import { awaitDrained, gather, readBooks } from "./findings.ts"
import { injectAll, prepare } from "./injectFaults.ts"
import type { Posting } from "./Ledger.ts"
import { load } from "./Load.ts"
import { full, makePlan, type Plan, type Scale } from "./Plan.ts"
import { reconcile } from "./reconcile.ts"
import { allReady, type Stack } from "./Stack.ts"
import { watchBooks } from "./watchBooks.ts"

export interface Verdict {
  readonly seed: number
  readonly posted: number
  readonly accepted: number
  readonly drainMs: number
  /** How often the books were read while things broke. */
  readonly readings: number
  readonly deliveries: Deliveries
  /** Of this seed and those before it on the same stack. */
  readonly silenced: number
  readonly versionsOfRules: number
  /** Empty when every event is accounted for. */
  readonly problems: ReadonlyArray<string>
}

/** One line of what a seed showed. */
export const summary = (
  { accepted, deliveries, drainMs, posted, problems, readings, seed, silenced, versionsOfRules }: Verdict,
  plan: Plan
) =>
  [
    `seed ${seed}: ${accepted} of ${posted} accepted`,
    `${plan.acts.length} faults`,
    `drained ${(drainMs / 1_000).toFixed(1)} s after`,
    `books read ${readings} times`,
    `${silenced} silenced`,
    `${versionsOfRules} versions of rules`,
    `${deliveries.repeats} of ${deliveries.allowed} repeats`,
    `${deliveries.inOrder.late} of ${deliveries.inOrder.alerts} out of order (${plan.alerters} alerter${
      plan.alerters === 1 ? "" : "s"
    })`,
    problems.length === 0 ? "all accounted for" : "PROBLEMS"
  ].join(", ")

/** What to know of a failure, and how to see it again. */
export const report = (verdict: Verdict, plan: Plan, stack: Stack, scale: Scale): string =>
  [
    `Seed ${verdict.seed}: ${verdict.problems.length} problems with ${verdict.accepted} accepted of ${verdict.posted} posted events.`,
    ...verdict.problems.slice(0, 20).map((problem) => `  - ${problem}`),
    ...(verdict.problems.length > 20 ? [`  … and ${verdict.problems.length - 20} more`] : []),
    `What was done, with ${plan.alerters === 1 ? "one alerter" : "two alerters"}:`,
    ...plan.acts.map(({ atMs, fault }) => `  at ${atMs} ms: ${describeFault(fault)}`),
    `The logs of the programs: ${stack.logs}`,
    `To repeat it: npm run conservation -- --first ${verdict.seed} --seeds 1${scale === full ? " --full" : ""}`
  ].join("\n")

/**
 * Runs one seed on a stack that may have run others before: posts events while faults happen, heals, waits until
 * nothing is under way, and reconciles. `before` are the postings of earlier seeds on the same stack: they must still
 * be where they were.
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
    const resting = yield* prepare(stack, plan)
    const { ingestor } = stack.members
    let turn = 0
    let over = false
    const watching = yield* Effect.forkChild(watchBooks(stack, () => !over))
    const [loaded] = yield* Effect.all([
      load({
        via: (send) => send(ingestor[turn++ % ingestor.length]?.url ?? ""),
        key: stack.keys.ingest,
        seed,
        random: seeded(seed + 1_000_003),
        goesOn: (elapsedMs) => elapsedMs < plan.loadMs,
        chained: true
      }),
      injectAll(stack, plan)
    ], { concurrency: "unbounded" })
    const from = performance.now()
    yield* allReady(stack, resting)
    const drained = yield* awaitDrained(stack, 90_000)
    const drainMs = performance.now() - from
    over = true
    const readings = yield* Fiber.join(watching)
    const postings = [...before, ...loaded.postings]
    const left = drained ? [] : [`Not drained after 90 seconds: ${JSON.stringify(yield* readBooks(stack))}`]
    const deliveries = judgeDeliveries(plan, loaded.postings, yield* stack.moog.posts)
    const findings = yield* gather(stack)
    const problems = [
      ...left,
      ...loaded.oddities,
      ...stack.surprises(),
      ...readings.problems,
      ...(readings.count === 0 ? ["The books could not be read even once meanwhile"] : []),
      ...deliveries.problems,
      ...reconcile(postings, findings, plan.acts)
    ]
    const accepted = loaded.postings.filter((posting) => posting.accepted).length
    const posted = loaded.postings.length
    const silenced = findings.audit.filter(({ cause }) => cause === "silence").length
    const versionsOfRules = new Set(findings.audit.map(({ rules }) => rules)).size
    const verdict = {
      seed,
      posted,
      accepted,
      drainMs,
      readings: readings.count,
      deliveries,
      silenced,
      versionsOfRules,
      problems
    }
    return { verdict, plan, postings }
  })
