import { Effect, Fiber } from "effect"
import { seeded } from "../../bench/Random.ts"
import { awaitDrained, gather, readBooks } from "../conservation/findings.ts"
import type { Posting } from "../conservation/Ledger.ts"
import { load } from "../conservation/Load.ts"
import { reconcile } from "../conservation/reconcile.ts"
import { type Harness, poolSize } from "./Harness.ts"

/** What went through while something was done, and whether all of it came to its end exactly once. */
interface Traffic {
  readonly posted: number
  readonly reads: number
  /** The most sessions that one instance had at once, and that all had. */
  readonly sessions: { readonly each: number; readonly all: number }
  readonly drainMs: number
  /** Deliveries that the platform had got before. */
  readonly repeats: number
  readonly problems: ReadonlyArray<string>
}

export const figuresOf = ({ drainMs, posted, reads, repeats, sessions }: Traffic) => ({
  "events posted": posted,
  "reads": reads,
  "most sessions of PostgreSQL at once, one instance": sessions.each,
  "most sessions of PostgreSQL at once, all": sessions.all,
  "drained after the load, ms": Math.round(drainMs),
  "deliveries repeated": repeats
})

/**
 * What a forwarder held is sent again, with the same ids, when another takes it for dead: five times MOOG_CONCURRENCY
 * alerts. On a machine busy with other things one of them may fall silent for that long.
 */
const allowedRepeats = 5 * 16

const readEveryMs = 100
const sampleEveryMs = 50

/** Reads from the database through the web-ui programs; each answer's status. */
const reading = (harness: Harness, goesOn: () => boolean) =>
  Effect.promise(async () => {
    const statuses: Array<number> = []
    while (goesOn()) {
      const status = await harness.balancers["web-ui"].send((url) =>
        fetch(`${url}/api/v1/audit-logs?limit=1`, { headers: { "x-api-key": harness.keys.viewer } }).then(
          async (response) => {
            await response.arrayBuffer()
            return response.status
          },
          () => 0
        )
      )
      statuses.push(status)
      await new Promise((resolve) => setTimeout(resolve, readEveryMs))
    }
    return statuses
  })

const watching = (harness: Harness, goesOn: () => boolean) =>
  Effect.gen(function*() {
    const most = { each: 0, all: 0 }
    while (goesOn()) {
      const counts = Object.values(yield* harness.accounts.sessions)
      most.each = Math.max(most.each, ...counts)
      most.all = Math.max(most.all, counts.reduce((sum, count) => sum + count, 0))
      yield* Effect.sleep(sampleEveryMs)
    }
    return most
  })

/**
 * Posts 500 events a second and reads while `work` is done, waits until nothing is under way, and reconciles. `before`
 * is what was posted earlier.
 */
export const underLoad = <A, E>(
  harness: Harness,
  seed: number,
  before: ReadonlyArray<Posting>,
  work: Effect.Effect<A, E>
): Effect.Effect<
  { readonly result: A; readonly traffic: Traffic; readonly postings: ReadonlyArray<Posting> },
  unknown
> =>
  Effect.gen(function*() {
    let done = false
    const goesOn = () => !done
    const background = yield* Effect.forkChild(Effect.all({
      loaded: load({
        via: harness.balancers.ingestor.send,
        key: harness.keys.ingest,
        seed,
        random: seeded(seed + 1_000_003),
        goesOn
      }),
      statuses: reading(harness, goesOn),
      sessions: watching(harness, goesOn)
    }, { concurrency: "unbounded" }))
    const turnedAway = yield* harness.accounts.turnedAway
    const result = yield* work.pipe(Effect.ensuring(Effect.sync(() => {
      done = true
    })))
    const { loaded, sessions, statuses } = yield* Fiber.join(background)
    const from = performance.now()
    const drained = yield* awaitDrained(harness, 90_000)
    const drainMs = performance.now() - from
    const refused = loaded.postings.filter(({ accepted }) => !accepted)
    const badReads = statuses.filter((status) => status !== 200)
    const repeats = yield* harness.repeats
    const more = (yield* harness.accounts.turnedAway) - turnedAway
    const postings = [...before, ...loaded.postings]
    const problems = [
      ...refused.slice(0, 10).map(({ atMs }) => `an event posted after ${Math.round(atMs)} ms was not answered 2xx`),
      ...(refused.length > 10 ? [`… and ${refused.length - 10} more`] : []),
      ...(badReads.length > 0
        ? [`${badReads.length} of ${statuses.length} reads failed: ${badReads.slice(0, 5).join(", ")}`]
        : []),
      ...(sessions.each > poolSize + 1
        ? [`an instance had ${sessions.each} sessions, and ${poolSize} are steady`]
        : []),
      ...(more > 0 ? [`${more} logins were turned away by the role's connection limit`] : []),
      ...(repeats > allowedRepeats ? [`${repeats} deliveries were repeats, of ${allowedRepeats} allowed`] : []),
      ...(drained ? [] : [`not drained after 90 seconds: ${JSON.stringify(yield* readBooks(harness))}`]),
      ...loaded.oddities,
      ...reconcile(postings, yield* gather(harness), [])
    ]
    const traffic = { posted: loaded.postings.length, reads: statuses.length, sessions, drainMs, repeats, problems }
    return { result, traffic, postings }
  })
