import { Effect } from "effect"
import type { Invalid } from "../../../src/api/shared/Problems.ts"
import type { BacktestAsked } from "../../../src/api/web-ui/Backtests.ts"
import { fromRuleColumns, type RuleSet } from "../../../src/domain/Rule.ts"
import type { RuleSetFile, StoredRuleSet } from "../../../src/domain/RuleSetFile.ts"
import { knownRules } from "../../../src/logic/planRuleSet.ts"
import type { Turns } from "../../../src/logic/Turns.ts"
import { checkRules } from "../../../src/rulefile/checkRules.ts"
import type { NamedRule } from "../../../src/rulefile/RuleFile.ts"
import { withIds } from "../rules/judgeRuleFile.ts"
import { invalid } from "../rules/ruleCodec.ts"

/** Rules as the alerter would have them, with their names. */
export type NamedRuleSet = RuleSet & { readonly rules: ReadonlyArray<NamedRule> }

/** The rules in force. */
export const rulesInForce = ({ developmentHosts, rules, teams, version }: StoredRuleSet): NamedRuleSet => ({
  version,
  rules,
  developmentHosts,
  deviceTeams: teams
})

/**
 * The rules that are asked about, beside what stays as it is. A rule of a known name keeps its number, as it would when
 * they were stored. Refuses what the alerter cannot use; lint and tests have no say here.
 */
export const wantedRules = (
  there: StoredRuleSet,
  { changes, hosts = {}, rules }: BacktestAsked,
  turns: Turns
): Effect.Effect<NamedRuleSet, Invalid> =>
  Effect.gen(function*() {
    const { developmentHosts, deviceTeams, version } = rulesInForce(there)
    const file: Pick<RuleSetFile, "rules"> = changes === undefined
      ? { rules: rules?.map(fromFile) ?? there.rules }
      : yield* changed(there, changes)
    const named = withIds(knownRules(there, file))
    const errors = yield* turns.run(checkRules({ rules: named, developmentHosts, deviceTeams, tests: [] }))
    if (errors.length > 0) return yield* invalid(errors.slice(0, 20))
    return {
      version,
      rules: named,
      developmentHosts: hosts.development?.map((host) => host.toLowerCase()) ?? developmentHosts,
      deviceTeams: hosts.teams?.map(({ hostname, team_assignment }) => ({
        hostname: hostname.toLowerCase(),
        team: team_assignment
      })) ?? deviceTeams
    }
  })

type FileRule = NonNullable<BacktestAsked["rules"]>[number]
const fromFile = (rule: FileRule) => ({ ...fromRuleColumns(rule), name: rule.name })

const changed = (
  there: StoredRuleSet,
  changes: NonNullable<BacktestAsked["changes"]>
): Effect.Effect<Pick<RuleSetFile, "rules">, Invalid> =>
  Effect.suspend(() => {
    const rules = new Map<string, RuleSetFile["rules"][number]>(there.rules.map((rule) => [rule.name, rule]))
    for (const [index, change] of changes.entries()) {
      if ("put" in change) rules.set(change.put.name ?? ` ${index}`, fromFile(change.put))
      else if (!rules.delete(change.delete)) {
        const message = `There is no rule named ${change.delete}`
        return Effect.fail(invalid([{ field: `changes.${index}.delete`, message }]))
      }
    }
    return Effect.succeed({ rules: [...rules.values()] })
  })
