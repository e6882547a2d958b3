import type { Event } from "../domain/Event.ts"
import type { LintFinding } from "../domain/LintFinding.ts"
import type { Rule } from "../domain/Rule.ts"
import { allMatches } from "../matching/allMatches.ts"
import type { Matchable } from "../matching/CompiledRule.ts"
import type { NamedRule } from "./RuleFile.ts"
import { counted, quoted } from "./words.ts"

/** What lint looks at of a recorded event. */
export type SampleEvent = Matchable & Pick<Event, "hostname">

export const sampleLimits = {
  /** Part of the sample from which on a rule is broad. */
  broad: 0.2,
  /** Events without which nothing is called broad. */
  leastForBroad: 20,
  /** Pairs of rules that are told of as overlapping. */
  overlaps: 1_000
} as const

interface Seen {
  matched: number
  decided: number
  /** How often each earlier rule decided in its place. */
  readonly before: Map<number, number>
  example: SampleEvent | undefined
}

/**
 * Finds what recorded events show of the rules. It may be otherwise tomorrow, so all are warnings. Pauses after each
 * event. `certain` are the names of rules that `lint` found never to decide; of those nothing more is said.
 */
export function* lintSample(
  rules: ReadonlyArray<NamedRule>,
  sample: Iterable<SampleEvent>,
  certain: ReadonlySet<string> = new Set()
): Generator<void, ReadonlyArray<LintFinding>> {
  const matches = yield* allMatches(rules)
  const names = new Map(rules.map(({ id, name }) => [id, name]))
  const nameAt = (rank: number) => names.get(matches.rules[rank]?.id ?? 0) ?? ""
  const seen = matches.rules.map((): Seen => ({ matched: 0, decided: 0, before: new Map(), example: undefined }))
  const pairs = new Map<
    string,
    { readonly first: number; readonly later: number; count: number; example: SampleEvent }
  >()
  let events = 0
  for (const event of sample) {
    yield
    events++
    const [first, ...later] = matches.of(event)
    if (first === undefined) continue
    const decider = seen[first]!
    decider.matched++
    decider.decided++
    decider.example ??= event
    for (const rank of later) {
      const one = seen[rank]!
      one.matched++
      one.example ??= event
      one.before.set(first, (one.before.get(first) ?? 0) + 1)
      if (!differ(matches.rules[first]!, matches.rules[rank]!)) continue
      const pair = pairs.get(`${first} ${rank}`)
      if (pair !== undefined) pair.count++
      else if (pairs.size < sampleLimits.overlaps) {
        pairs.set(`${first} ${rank}`, { first, later: rank, count: 1, example: event })
      }
    }
  }
  if (events === 0) return []

  const hidden = (rank: number) => certain.has(nameAt(rank)) || (seen[rank]!.matched > 0 && seen[rank]!.decided === 0)
  return [
    ...seen.flatMap((one, rank) => certain.has(nameAt(rank)) ? [] : findingsOf(one, nameAt(rank), nameAt, events)),
    ...[...pairs.values()].filter(({ later }) => !hidden(later)).map(({ count, example, first, later }) =>
      warning("overlap", nameAt(later), nameAt(first), {
        message: `${counted(count, "event")} of ${events.toLocaleString("en")} match rule ${nameAt(later)} too, but ` +
          `go to rule ${nameAt(first)}, which differs in ${difference(matches.rules[first]!, matches.rules[later]!)}.`,
        proof: messageOf(example)
      })
    )
  ]
}

const findingsOf = (
  { before, decided, example, matched }: Seen,
  name: string,
  nameAt: (rank: number) => string,
  events: number
): ReadonlyArray<LintFinding> => {
  const all = events.toLocaleString("en")
  if (example === undefined) {
    return [warning("never_hit", name, null, {
      message: `Rule ${name} matches none of ${counted(events, "event")}.`,
      proof: `${counted(events, "event")} of a sample`
    })]
  }
  const findings: Array<LintFinding> = []
  if (decided === 0) {
    const [[first] = [0]] = [...before].sort(([, a], [, b]) => b - a)
    findings.push(warning("shadowed_in_practice", name, nameAt(first), {
      message: `Rule ${name} matches ${counted(matched, "event")} of ${all} and decides none: ` +
        `most go to rule ${nameAt(first)}.`,
      proof: messageOf(example)
    }))
  }
  if (events >= sampleLimits.leastForBroad && matched > events * sampleLimits.broad) {
    findings.push(warning("broad", name, null, {
      message: `Rule ${name} matches ${counted(matched, "event")} of ${all}.`,
      proof: messageOf(example)
    }))
  }
  return findings
}

const warning = (
  code: LintFinding["code"],
  rule: string,
  other: string | null,
  words: Pick<LintFinding, "message" | "proof">
): LintFinding => ({ code, level: "warn", rule, other, ...words })

const messageOf = (event: SampleEvent): string =>
  `${event.hostname}: ${quoted((event.tag ?? "") + event.message)}` +
  (event.trapOid === undefined ? "" : `, trap ${event.trapOid}`)

const compared = { prodHandling: "prod_handling", devHandling: "dev_handling", teamAssignment: "team" } as const
const comparedFields = ["prodHandling", "devHandling", "teamAssignment"] as const

const differ = (a: Rule, b: Rule): boolean => comparedFields.some((field) => a[field] !== b[field])
const difference = (a: Rule, b: Rule): string =>
  comparedFields.filter((field) => a[field] !== b[field]).map((field) => compared[field]).join(", ")
