import type { Decision } from "../domain/Decision.ts"
import type { Event } from "../domain/Event.ts"
import { globMatches } from "../logic/hosts.ts"
import { inOneGo } from "../logic/steps.ts"
import { lineOf } from "../matching/CompiledRule.ts"
import { foldText } from "../matching/fold.ts"
import { compilePattern, matchesEither } from "../matching/Pattern.ts"
import { compileSchedule } from "./schedule.ts"
import type { Silence, SilenceMatch } from "./Silence.ts"
import { silenceSpan } from "./silenceTimes.ts"

/** The silence that holds an event back, and which window of it. */
export interface Silenced {
  readonly silence: Silence
  /** `2026-03-29T04:00` by the clock of its zone; `null` for a silence that is no schedule. */
  readonly occurrence: string | null
}

export type SilencedEvent = Pick<Event, "hostname" | "message" | "tag" | "severity" | "receivedAt">

export interface SilenceIndex {
  /** The oldest silence that covers the event by its arrival. Only what would be sent or counted is held back. */
  readonly find: (event: SilencedEvent, decision: Decision) => Silenced | undefined
  readonly size: number
}

type Test = (event: SilencedEvent, decision: Decision) => boolean

interface Compiled {
  readonly silence: Silence
  /** Its place: the lower, the older. */
  readonly place: number
  /** Checks what the index has not. */
  readonly holds: Test
  /** `undefined` when it does not cover the instant. */
  readonly occurrenceAt: (instant: number) => string | null | undefined
}

interface Glob {
  readonly glob: string
  readonly compiled: Compiled
}

type Found = ReadonlyArray<Compiled>
const none: Found = []

/** Hosts whose silences are remembered. */
const mostRemembered = 10_000

type RuleNames = (id: number) => string | undefined

/**
 * Makes silences quick to ask, with pauses. Each is kept under what it names: its hosts, else its rules, else its teams.
 * So an event that no silence names costs three looks. `ruleName` gives the name of a rule by its id.
 */
export function* buildSilenceIndex(
  silences: ReadonlyArray<Silence>,
  ruleName: RuleNames
): Generator<void, SilenceIndex> {
  if (silences.length === 0) return { find: () => undefined, size: 0 }
  const byHost = new Map<string, Array<Compiled>>()
  // Under what they have before their first mark: a host is asked of few of them, however many there are.
  const byPrefix = new Map<string, Array<Glob>>()
  const byRule = new Map<string, Array<Compiled>>()
  const byTeam = new Map<string, Array<Compiled>>()
  const all: Array<Compiled> = []
  for (const [place, silence] of silences.entries()) {
    // A pattern takes up to 8 ms, most silences have none.
    if (place > 0) yield
    const compiled = compile(silence, place, ruleName)
    const { hosts, rules, teams } = silence.match
    if (hosts !== undefined) {
      for (const host of new Set(hosts.map((host) => host.toLowerCase()))) {
        if (/[*?]/.test(host)) add(byPrefix, host.slice(0, host.search(/[*?]/)), { glob: host, compiled })
        else add(byHost, host, compiled)
      }
    } else if (rules !== undefined) { for (const rule of new Set(rules)) add(byRule, rule, compiled) }
    else if (teams !== undefined) { for (const team of new Set(teams)) add(byTeam, team, compiled) }
    else all.push(compiled)
  }

  const prefixLengths = [...new Set([...byPrefix.keys()].map(({ length }) => length))].sort((a, b) => a - b)
  const globsOf = (lower: string): ReadonlyArray<Compiled> =>
    prefixLengths.flatMap((length) =>
      (byPrefix.get(lower.slice(0, length)) ?? []).flatMap(({ compiled, glob }) =>
        globMatches(glob, lower) ? [compiled] : []
      )
    )

  const remembered = new Map<string, Found>()
  const ofHost = (hostname: string): Found => {
    const known = remembered.get(hostname)
    if (known !== undefined) return known
    const lower = hostname.toLowerCase()
    const exact = byHost.get(lower) ?? none
    const matching = byPrefix.size === 0 ? none : globsOf(lower)
    const found = exact.length + matching.length === 0 ? none : [...new Set([...exact, ...matching])]
    if (remembered.size >= mostRemembered) remembered.clear()
    // A host is a part of its line, all of which would be kept with it.
    remembered.set(` ${hostname}`.slice(1), found)
    return found
  }
  const ofRule = (id: number | null): Found => {
    if (id === null || byRule.size === 0) return none
    const name = ruleName(id)
    return name === undefined ? none : byRule.get(name) ?? none
  }

  const find: SilenceIndex["find"] = (event, decision) => {
    if (decision.outcome === "suppressed") return undefined
    const lists = [ofHost(event.hostname), ofRule(decision.ruleId), byTeam.get(decision.team) ?? none, all]
    let oldest: Compiled | undefined
    let oldestOccurrence: string | null = null
    for (const list of lists) {
      for (const one of list) {
        if (oldest !== undefined && one.place > oldest.place) continue
        if (!one.holds(event, decision)) continue
        const occurrence = one.occurrenceAt(Date.parse(event.receivedAt))
        if (occurrence === undefined) continue
        oldest = one
        oldestOccurrence = occurrence
      }
    }
    return oldest === undefined ? undefined : { silence: oldest.silence, occurrence: oldestOccurrence }
  }

  return { find, size: silences.length }
}

/** The same without pauses. */
export const silenceIndex = (silences: ReadonlyArray<Silence>, ruleName: RuleNames): SilenceIndex =>
  inOneGo(buildSilenceIndex(silences, ruleName))

const add = <A>(lists: Map<string, Array<A>>, key: string, value: A) => {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

const compile = (silence: Silence, place: number, ruleName: RuleNames): Compiled => {
  const { match, schedule } = silence
  const tests = testsOf(match, ruleName)
  const { end, start } = silenceSpan(silence)
  const recurring = schedule === undefined ? undefined : compileSchedule(schedule)
  return {
    silence,
    place,
    holds: (event, decision) => tests.every((test) => test(event, decision)),
    occurrenceAt: (instant) => {
      if (!(instant >= start && instant < end)) return undefined
      return recurring === undefined ? null : recurring.occurrenceAt(instant)
    }
  }
}

/** All that `match` asks for beside the hosts, by which a silence is found. */
const testsOf = (match: SilenceMatch, ruleName: RuleNames): ReadonlyArray<Test> => {
  const tests: Array<Test> = []
  if (match.severity_from !== undefined && match.severity_from > 0) {
    const from = match.severity_from
    tests.push(({ severity }) => severity !== undefined && severity >= from)
  }
  if (match.environment !== undefined) tests.push((_, { environment }) => environment === match.environment)
  if (match.teams !== undefined) {
    const teams = new Set(match.teams)
    tests.push((_, { team }) => teams.has(team))
  }
  if (match.rules !== undefined) {
    const rules = new Set(match.rules)
    tests.push((_, { ruleId }) => ruleId !== null && rules.has(ruleName(ruleId) ?? ""))
  }
  if (match.message?.contains !== undefined) {
    const text = foldText(match.message.contains)
    tests.push((event) => foldText(lineOf(event)).includes(text))
  }
  if (match.message?.regex !== undefined) {
    const pattern = compilePattern(match.message.regex)
    // One that cannot be used was refused when the silence was made; it silences nothing.
    tests.push((event) => typeof pattern !== "string" && matchesEither(pattern, event.message, lineOf(event)))
  }
  return tests
}
