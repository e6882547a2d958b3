import type { RuleDraft, StoredRule, WantedRule } from "../domain/Rule.ts"
import { toRuleColumns } from "../domain/Rule.ts"
import type { RuleSetFile, StoredRuleSet } from "../domain/RuleSetFile.ts"
import { canonicalJson } from "./canonicalJson.ts"

/** One rule that comes (no `before`), changes, or goes (no `after`). */
export interface RuleChange {
  /** Absent for a rule that is not there yet, or whose name is not given. */
  readonly id?: number | undefined
  readonly name?: string | undefined
  readonly before?: RuleDraft
  readonly after?: RuleDraft
}

/** The same of a host, a team or a test, by its key. */
export interface KeyedChange {
  readonly key: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** What has to be done for the rules to be as a file has them. */
export interface RuleSetPlan {
  readonly rules: ReadonlyArray<RuleChange>
  /** Rules that stay as they are. */
  readonly unchanged: number
  readonly developmentHosts: ReadonlyArray<KeyedChange>
  readonly teams: ReadonlyArray<KeyedChange>
  readonly tests: ReadonlyArray<KeyedChange>
}

export const isEmptyPlan = (plan: RuleSetPlan): boolean =>
  plan.rules.length + plan.developmentHosts.length + plan.teams.length + plan.tests.length === 0

/** Finds the rule that is meant: by name, or for one without a name the one that says the same. Ask once for each. */
const matcherOf = (there: StoredRuleSet, wanted: Pick<RuleSetFile, "rules">) => {
  const names = new Set(wanted.rules.map(({ name }) => name))
  const byName = new Map(there.rules.map((rule) => [rule.name, rule]))
  const byContent = Map.groupBy(there.rules.filter(({ name }) => !names.has(name)), contentOf)
  return (rule: WantedRule): StoredRule | undefined =>
    rule.name === undefined ? byContent.get(contentOf(rule))?.shift() : byName.get(rule.name)
}

/** The wanted rules with the names and numbers of those that are there. New ones may have neither. */
export const knownRules = (there: StoredRuleSet, wanted: Pick<RuleSetFile, "rules">): RuleSetFile["rules"] => {
  const matchOf = matcherOf(there, wanted)
  return wanted.rules.map((rule) => {
    const before = matchOf(rule)
    return before === undefined ? rule : Object.assign({}, rule, { id: before.id, name: before.name })
  })
}

/** Compares what is there with what is wanted. Rules are matched by name, so that a changed one keeps its number. */
export const planRuleSet = (there: StoredRuleSet, wanted: RuleSetFile): RuleSetPlan => {
  const matchOf = matcherOf(there, wanted)
  const left = new Set(there.rules)
  const changes: Array<RuleChange> = []
  let unchanged = 0
  for (const after of wanted.rules) {
    const before = matchOf(after)
    if (before === undefined) {
      changes.push({ id: after.id, name: after.name, after })
      continue
    }
    left.delete(before)
    if (contentOf(before) === contentOf(after)) unchanged += 1
    else changes.push({ id: before.id, name: before.name, before, after })
  }
  const gone = [...left].map((before): RuleChange => ({ id: before.id, name: before.name, before }))
  return {
    rules: [...gone, ...changes],
    unchanged,
    developmentHosts: differences(hostsOf(there.developmentHosts), optional(wanted.developmentHosts, hostsOf)),
    teams: differences(teamsOf(there.teams), optional(wanted.teams, teamsOf)),
    tests: differences(testsOf(there.tests), optional(wanted.tests, testsOf))
  }
}

const contentOf = (rule: RuleDraft): string => canonicalJson(toRuleColumns(rule))

type Keyed = ReadonlyMap<string, string>

const optional = <A>(value: A | undefined, keyed: (value: A) => Keyed): Keyed | undefined =>
  value === undefined ? undefined : keyed(value)

const hostsOf = (hosts: ReadonlyArray<string>): Keyed => new Map(hosts.map((host) => [host.toLowerCase(), ""]))
const teamsOf = (teams: StoredRuleSet["teams"]): Keyed =>
  new Map(teams.map(({ hostname, team }) => [hostname.toLowerCase(), team]))
const testsOf = (tests: StoredRuleSet["tests"]): Keyed => new Map(tests.map(({ name, test }) => [name, test]))

const differences = (there: Keyed, wanted: Keyed | undefined): ReadonlyArray<KeyedChange> =>
  wanted === undefined
    ? []
    : [...new Set([...there.keys(), ...wanted.keys()])].sort()
      .map((key) => ({ key, before: there.get(key), after: wanted.get(key) }))
      .filter(({ after, before }) => before !== after)
