import type { Decision } from "../domain/Decision.ts"
import type { Event } from "../domain/Event.ts"
import { type Environment, forwards, type RuleSet } from "../domain/Rule.ts"
import { hostPatterns } from "./hostPatterns.ts"
import { buildMatcher, type Match, type Matcher } from "./Matcher.ts"

/** A rule set of one version, compiled: says of any event what becomes of it. Immutable to its users. */
export interface Policy {
  readonly version: number
  readonly matcher: Matcher
  readonly developmentHosts: number
  readonly teams: number
  readonly decide: (event: Event) => Decision
  /** The same, with pauses in between; see `Matcher.matchSlowly`. */
  readonly decideSlowly: (event: Event) => Generator<void, Decision>
  readonly environmentOf: (hostname: string) => Environment
  /** Who looks after a host when no rule says. */
  readonly teamOf: (hostname: string) => string
  readonly ruleName: (id: number) => string | undefined
}

/** Compiles a rule set, with pauses; `previous` lends what did not change. */
export function* buildPolicy(ruleSet: RuleSet, previous?: Policy): Generator<void, Policy> {
  const matcher = yield* buildMatcher(ruleSet.rules, previous?.matcher.patterns)
  const { environmentOf, teamOf } = hostPatterns(ruleSet)
  const names = new Map(ruleSet.rules.map(({ id, name }) => [id, name]))

  const unmatched = unmatchedBy(ruleSet.version)
  const handled = handledBy(ruleSet.version)
  // Decisions are few and shared: one for each rule and environment, and for each team without a rule.
  const byRule = new Map<Match, Readonly<Record<Environment, Decision>>>()
  const byTeam = new Map<string, Readonly<Record<Environment, Decision>>>()
  const decided = (match: Match | undefined, hostname: string): Decision => {
    if (match === undefined) {
      return remembered(byTeam, teamOf(hostname), unmatched)[environmentOf(hostname)]
    }
    return remembered(byRule, match, handled)[environmentOf(hostname)]
  }

  return {
    version: ruleSet.version,
    matcher,
    developmentHosts: ruleSet.developmentHosts.length,
    teams: ruleSet.deviceTeams.length,
    decide: (event) => decided(matcher.match(event), event.hostname),
    *decideSlowly(event) {
      return decided(yield* matcher.matchSlowly(event), event.hostname)
    },
    environmentOf,
    teamOf,
    ruleName: (id) => names.get(id)
  }
}

const remembered = <K, V>(values: Map<K, V>, key: K, make: (key: K) => V): V => {
  const known = values.get(key)
  if (known !== undefined) return known
  const made = make(key)
  values.set(key, made)
  return made
}

const inBoth = (decide: (environment: Environment) => Decision) => ({ prod: decide("prod"), dev: decide("dev") })

const unmatchedBy = (rulesVersion: number) => (team: string) =>
  inBoth((environment) => ({
    outcome: "unmatched",
    environment,
    ruleId: null,
    handling: null,
    team,
    reason: "No active rule matches.",
    rulesVersion,
    cause: null,
    causeId: null
  }))

const handledBy = (rulesVersion: number) => ({ rule, why }: Match) =>
  inBoth((environment) => {
    const handling = environment === "dev" ? rule.devHandling : rule.prodHandling
    const effect = forwards(handling) ? "forwards it" : "keeps only the record"
    return {
      outcome: forwards(handling) ? "forwarded" : "suppressed",
      environment,
      ruleId: rule.id,
      handling,
      team: rule.teamAssignment,
      reason: `${why} Handling ${handling} for ${environment} hosts ${effect}.`,
      rulesVersion,
      cause: forwards(handling) ? null : "handling",
      causeId: null
    }
  })
