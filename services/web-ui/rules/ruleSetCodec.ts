import { Schema, Struct } from "effect"
import type { RulesApplied, RuleSetView, RulesFile } from "../../../src/api/web-ui/RuleVersions.ts"
import { fromRuleColumns, toRuleColumns } from "../../../src/domain/Rule.ts"
import type { RuleSetFile, RuleTest, StoredRuleSet } from "../../../src/domain/RuleSetFile.ts"
import type { KeyedChange, RuleChange, RuleSetPlan } from "../../../src/logic/planRuleSet.ts"
import { viewOf } from "./ruleCodec.ts"

/** Reads a file of the API. */
export const fromFile = ({ hosts = {}, rules, tests }: RulesFile): RuleSetFile => ({
  rules: rules.map((rule) => ({ ...fromRuleColumns(rule), name: rule.name })),
  developmentHosts: hosts.development,
  teams: hosts.teams?.map(({ hostname, team_assignment }) => ({ hostname, team: team_assignment })),
  tests: tests?.map((test): RuleTest => ({ name: test.name, test: JSON.stringify(Struct.omit(test, ["name"])) }))
})

/** What the file says beside the rules. */
export const given = ({ developmentHosts, teams, tests }: RuleSetFile) => ({
  ...(developmentHosts === undefined ? {} : { developmentHosts }),
  ...(teams === undefined ? {} : { teams }),
  ...(tests === undefined ? {} : { tests })
})

/** An old version as something to apply: its rules keep their numbers. */
export const asFile = ({ developmentHosts, rules, teams, tests }: StoredRuleSet): RuleSetFile => ({
  rules,
  developmentHosts,
  teams,
  tests
})

const Members = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json))
const membersOf = Schema.decodeSync(Members)

export const ruleSetView = ({ developmentHosts, rules, teams, tests, version }: StoredRuleSet): RuleSetView => ({
  version,
  rules: rules.map(viewOf),
  hosts: {
    development: developmentHosts,
    teams: teams.map(({ hostname, team }) => ({ hostname, team_assignment: team }))
  },
  tests: tests.map(({ name, test }) => ({ ...membersOf(test), name }))
})

/** Says what was changed, or would be. */
export const appliedView = (
  plan: RuleSetPlan,
  rest: Pick<RulesApplied, "version" | "dry_run" | "findings" | "sampled">
): RulesApplied => ({
  ...rest,
  rules: {
    created: plan.rules.filter(({ before }) => before === undefined).map(ruleChange),
    changed: plan.rules.filter(({ after, before }) => before !== undefined && after !== undefined).map(ruleChange),
    deleted: plan.rules.filter(({ after }) => after === undefined).map(ruleChange),
    unchanged: plan.unchanged
  },
  development_hosts: { added: come(plan.developmentHosts), removed: gone(plan.developmentHosts) },
  teams: plan.teams.map(({ after, before, key }) => ({ hostname: key, before: before ?? null, after: after ?? null })),
  tests: {
    created: come(plan.tests),
    changed: plan.tests.filter(({ after, before }) => before !== undefined && after !== undefined).map(({ key }) =>
      key
    ),
    deleted: gone(plan.tests)
  }
})

const ruleChange = ({ after, before, id, name }: RuleChange) => ({
  id: id ?? null,
  name: name ?? null,
  before: before === undefined ? null : toRuleColumns(before),
  after: after === undefined ? null : toRuleColumns(after)
})

const come = (changes: ReadonlyArray<KeyedChange>) =>
  changes.filter(({ before }) => before === undefined).map(({ key }) => key)
const gone = (changes: ReadonlyArray<KeyedChange>) =>
  changes.filter(({ after }) => after === undefined).map(({ key }) => key)
