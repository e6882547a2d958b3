import { Effect } from "effect"
import { useEffect, useMemo } from "react"
import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import type { RuleStatsItem } from "../../../../../src/api/web-ui/RulesAtWork.ts"
import type { RuleSet } from "../../../../../src/domain/Rule.ts"
import { fromRuleColumns } from "../../../../../src/domain/Rule.ts"
import type { Api } from "../../api/client.ts"
import { useTold } from "../../api/Feed.ts"
import { queries, useAsk } from "../../api/query.ts"

interface Cursor {
  readonly cursor?: string
}

/** Reads page after page until there is none. */
const allOf = Effect.fnUntraced(function*<Item, E>(
  page: (query: Cursor) => Effect.Effect<{ readonly items: ReadonlyArray<Item>; readonly next?: string }, E>
) {
  const items: Array<Item> = []
  let query: Cursor | undefined = {}
  while (query !== undefined) {
    const found: { readonly items: ReadonlyArray<Item>; readonly next?: string } = yield* page(query)
    items.push(...found.items)
    query = found.next === undefined ? undefined : { cursor: found.next }
  }
  return items
})

const next = (more: { readonly next_cursor: string } | undefined) =>
  more === undefined ? {} : { next: more.next_cursor }

const allRules = (api: Api) =>
  allOf<RuleView, unknown>((query) =>
    Effect.map(api.rules.list({ query }), ({ pagination, rules }) => ({ items: rules, ...next(pagination) }))
  )

const allStats = (api: Api) =>
  allOf<RuleStatsItem, unknown>((query) =>
    Effect.map(api.rulesAtWork.stats({ query }), ({ pagination, rules }) => ({ items: rules, ...next(pagination) }))
  )

/** Everything that is read anew when rules, hosts or teams change. */
const parts = [["rules"], ["rule-stats"], ["rule-instances"], ["rule-history"], ["rule-set"]]

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

const hostsAndTeams = (api: Api) =>
  Effect.all({
    hosts: allOf<{ readonly hostname: string }, unknown>((query) =>
      Effect.map(api.devHosts.list({ query }), ({ hosts, pagination }) => ({ items: hosts, ...next(pagination) }))
    ),
    teams: allOf<{ readonly hostname: string; readonly team_assignment: string }, unknown>((query) =>
      Effect.map(api.teams.list({ query }), ({ pagination, teams }) => ({ items: teams, ...next(pagination) }))
    )
  })

/** Everything that decides, as the alerter has it; for the tester. The same object until something changes. */
export const useRuleSet = (rules: ReadonlyArray<RuleView>): RuleSet | undefined => {
  const { data } = useAsk(["rule-set"], hostsAndTeams)
  return useMemo(() =>
    data === undefined ? undefined : {
      version: 0,
      rules: rules.map((rule) => ({ ...fromRuleColumns(rule), id: rule.id, name: rule.name })),
      developmentHosts: data.hosts.map(({ hostname }) => hostname),
      deviceTeams: data.teams.map(({ hostname, team_assignment }) => ({ hostname, team: team_assignment }))
    }, [rules, data])
}
