import { Effect } from "effect"
import { useEffect, useMemo } from "react"
import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import type { RuleStatsItem } from "../../../../../src/api/web-ui/RulesAtWork.ts"
import type { RuleSet } from "../../../../../src/domain/Rule.ts"
import { fromRuleColumns } from "../../../../../src/domain/Rule.ts"
import { allHostsAndTeams } from "../../api/allHostsAndTeams.ts"
import { allOf, next } from "../../api/allOf.ts"
import { allRules } from "../../api/allRules.ts"
import type { Api } from "../../api/client.ts"
import { useTold } from "../../api/Feed.ts"
import { queries, useAsk } from "../../api/query.ts"

const allStats = (api: Api) =>
  allOf<RuleStatsItem, unknown>((query) =>
    Effect.map(api.rulesAtWork.stats({ query }), ({ pagination, rules }) => ({ items: rules, ...next(pagination) }))
  )

/** Everything that is read anew when rules, hosts or teams change. */
const parts = [["rules"], ["rule-stats"], ["rule-instances"], ["rule-history"], ["rule-set"], ["rule-versions"]]

export const readRulesAgain = (): Promise<unknown> =>
  Promise.all(parts.map((queryKey) => queries.invalidateQueries({ queryKey })))

/** All rules, read again when the server tells of a change. */
export const useRules = () => {
  const told = useTold("rules")
  useEffect(() => {
    if (told !== undefined) void readRulesAgain()
  }, [told])
  return useAsk(["rules"], allRules, { every: 60_000 })
}

/** What each rule did in the last 24 hours. */
export const useRuleStats = () => useAsk(["rule-stats"], allStats, { every: 30_000 })

export const useRuleInstances = () => useAsk(["rule-instances"], (api) => api.rulesAtWork.instances(), { every: 5_000 })

/** Everything that decides, as the alerter has it; for the tester. The same object until something changes. */
export const useRuleSet = (rules: ReadonlyArray<RuleView>): RuleSet | undefined => {
  const { data } = useAsk(["rule-set"], allHostsAndTeams)
  return useMemo(() =>
    data === undefined ? undefined : {
      version: 0,
      rules: rules.map((rule) => ({ ...fromRuleColumns(rule), id: rule.id, name: rule.name })),
      developmentHosts: data.hosts.map(({ hostname }) => hostname),
      deviceTeams: data.teams.map(({ hostname, team_assignment }) => ({ hostname, team: team_assignment }))
    }, [rules, data])
}
