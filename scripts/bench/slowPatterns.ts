import { Effect } from "effect"
import { eventLimits } from "../../src/domain/Event.ts"
import { longestMatchString } from "../../src/matching/CompiledRule.ts"
import { compilePattern } from "../../src/matching/Pattern.ts"
import { atMost, type Bench } from "./Bench.ts"
import {
  changedPair,
  describePair,
  type Pair,
  patternText,
  randomNode,
  randomText,
  textOf,
  wellKnownPairs
} from "./patternPairs.ts"
import { type Random, seeded } from "./Random.ts"
import { peakMemoryMb } from "./usage.ts"

interface Timed {
  readonly pair: Pair
  readonly ms: number
}

/** Pairs that are kept, and changed in the hope of slower ones. */
const kept = 8

/** The thread's own time: others on the machine do not count, nor does the collector of garbage beside it. */
const threadMs = () => {
  const { system, user } = process.threadCpuUsage()
  return (system + user) / 1_000
}

const took = (work: () => void): number => {
  const from = threadMs()
  work()
  return threadMs() - from
}

/** Milliseconds of what is slowest: compiling, the first look, which makes the pattern ready, or the second. */
const measure = (source: string, text: string): number => {
  let pattern: ReturnType<typeof compilePattern> = ""
  const compiling = took(() => pattern = compilePattern(source))
  const look = () => typeof pattern !== "string" && pattern.test(text)
  return Math.max(compiling, took(look), took(look))
}

/** What looks slow is measured twice more, and the least counts. */
const timed = (pair: Pair, worst: number): Timed | undefined => {
  const source = patternText(pair.pattern)
  if (source.trim() === "" || source.length > longestMatchString) return undefined
  const text = textOf(pair.text, seeded, eventLimits.message)
  let ms = measure(source, text)
  for (let again = 0; again < 2 && ms > worst; again++) ms = Math.min(ms, measure(source, text))
  return { pair, ms }
}

const candidate = (random: Random, slowest: ReadonlyArray<Timed>): Pair => {
  if (slowest.length < kept || random.int(8) === 0) return { pattern: randomNode(random, 4), text: randomText(random) }
  let { pair } = random.pick(slowest)
  for (let changes = random.int(3); changes >= 0; changes--) pair = changedPair(random, pair)
  return pair
}

const withOneMore = (slowest: ReadonlyArray<Timed>, one: Timed): ReadonlyArray<Timed> => {
  const others = slowest.filter(({ pair }) => patternText(pair.pattern) !== patternText(one.pair.pattern))
  return [...others, one].sort((a, b) => b.ms - a.ms).slice(0, kept)
}

/**
 * Climbs from the slowest pairs known to slower ones, for `searchMs`. The seed says where to; how far it gets depends
 * on the machine.
 */
const search = (seed: number, searchMs: number) =>
  Effect.gen(function*() {
    const random = seeded(seed)
    const until = performance.now() + searchMs
    let slowest: ReadonlyArray<Timed> = []
    let tried = 0
    const look = (pair: Pair) => {
      tried++
      const one = timed(pair, slowest[kept - 1]?.ms ?? 0)
      if (one !== undefined && one.ms > (slowest[kept - 1]?.ms ?? -1)) slowest = withOneMore(slowest, one)
    }
    for (const pair of wellKnownPairs) look(pair)
    while (performance.now() < until) {
      look(candidate(random, slowest))
      yield* Effect.yieldNow
    }
    return { slowest, tried }
  })

export const slowPatterns: Bench = {
  name: "slow-patterns",
  title:
    "Slowest look of a pattern that the API accepts at a message of 65,536 characters, of those that a search finds",
  baseline: "nothing; each round searches from another seed, four times as long as other benches measure",
  run: Effect.fnUntraced(function*(_world, flow) {
    const worst: Array<Timed> = []
    for (let round = 0; round < flow.rounds; round++) {
      const { slowest, tried } = yield* search(round + 1, flow.measureMs * 4)
      worst.push(...slowest.slice(0, 1))
      const found = slowest.map(({ ms, pair }) => `\n  ${ms.toFixed(0)} ms: ${describePair(pair)}`).join("")
      yield* flow.progress(
        `slow-patterns, round ${round + 1} of ${flow.rounds}, ${tried} pairs tried; the slowest:${found}`
      )
    }
    const ours = worst.map(({ ms }) => ms)
    const slowest = worst.toSorted((a, b) => b.ms - a.ms)[0]
    return {
      figures: [{ what: "slowest look", unit: "ms", ours, baseline: [] }],
      targets: [atMost("ms for the slowest look", Math.max(...ours), 50)],
      memoryMb: { bench: peakMemoryMb(process.pid) },
      limitedBy: `instructions times characters; the slowest: ${
        slowest === undefined ? "none" : describePair(slowest.pair)
      }`
    }
  })
}
