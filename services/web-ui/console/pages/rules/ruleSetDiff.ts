import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import type { RuleSetView } from "../../../../../src/api/web-ui/RuleVersions.ts"
import { fieldsOf, textOf } from "./ruleForm.ts"

/** Something that came (no `before`), changed, or went (no `after`) from one version to another. */
export interface Differs<A> {
  readonly key: string
  readonly before: A | undefined
  readonly after: A | undefined
}

export interface RuleSetDiff {
  readonly rules: ReadonlyArray<Differs<RuleView>>
  readonly developmentHosts: ReadonlyArray<Differs<string>>
  readonly teams: ReadonlyArray<Differs<string>>
  readonly tests: ReadonlyArray<Differs<string>>
}

const differs = <A>(
  from: ReadonlyMap<string, A>,
  to: ReadonlyMap<string, A>,
  textOf: (of: A) => string
): ReadonlyArray<Differs<A>> =>
  [...new Set([...from.keys(), ...to.keys()])].flatMap((key) => {
    const [before, after] = [from.get(key), to.get(key)]
    const same = before !== undefined && after !== undefined && textOf(before) === textOf(after)
    return same ? [] : [{ key, before, after }]
  })

const itself = (text: string): string => text

export const ruleText = (rule: RuleView): string => textOf(fieldsOf(rule))

const rulesOf = ({ rules }: RuleSetView) => new Map(rules.map((rule) => [String(rule.id), rule]))
const hostsOf = ({ hosts }: RuleSetView) => new Map(hosts.development.map((host) => [host, host]))
const teamsOf = ({ hosts }: RuleSetView) =>
  new Map(hosts.teams.map(({ hostname, team_assignment }) => [hostname, team_assignment]))
const testsOf = ({ tests }: RuleSetView) => new Map(tests.map((test) => [test.name, JSON.stringify(test, null, 2)]))

/** What differs between two versions of rules, hosts, teams and tests. */
export const ruleSetDiff = (from: RuleSetView, to: RuleSetView): RuleSetDiff => ({
  rules: differs(rulesOf(from), rulesOf(to), ruleText),
  developmentHosts: differs(hostsOf(from), hostsOf(to), itself),
  teams: differs(teamsOf(from), teamsOf(to), itself),
  tests: differs(testsOf(from), testsOf(to), itself)
})

const many = (count: number, one: string): ReadonlyArray<string> =>
  count === 0 ? [] : [`${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`]

/** The same in one line. */
export const diffWords = ({ developmentHosts, rules, teams, tests }: RuleSetDiff): string => {
  const parts = [
    ...many(rules.length, "rule"),
    ...many(developmentHosts.length, "development host"),
    ...many(teams.length, "team"),
    ...many(tests.length, "test")
  ]
  const [only] = parts
  return only === undefined
    ? "Nothing differs."
    : `${parts.join(", ")} ${parts.length === 1 && only.startsWith("1 ") ? "differs" : "differ"}.`
}
