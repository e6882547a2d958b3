import type { HostsImported, ImportedHost } from "../../../src/api/web-ui/HeardHosts.ts"
import type { StoredRuleSet } from "../../../src/domain/RuleSetFile.ts"
import type { RuleSetPlan } from "../../../src/logic/planRuleSet.ts"
import { appliedView } from "../rules/ruleSetCodec.ts"

/** Finds hosts that rows name twice, without case. */
export const namedTwice = (rows: ReadonlyArray<ImportedHost>) => {
  const seen = new Set<string>()
  return rows.flatMap(({ hostname }, index) => {
    const name = hostname.toLowerCase()
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    return [{ field: `rows.${index}.hostname`, message: "Is named by another row already" }]
  })
}

/** The tables of development hosts and teams as the rows want them. */
export const withImported = (
  { developmentHosts, teams }: Pick<StoredRuleSet, "developmentHosts" | "teams">,
  rows: ReadonlyArray<ImportedHost>
): Pick<StoredRuleSet, "developmentHosts" | "teams"> => {
  const development = new Set(developmentHosts)
  const teamOf = new Map(teams.map(({ hostname, team }) => [hostname, team]))
  for (const { environment, hostname, team } of rows) {
    const name = hostname.toLowerCase()
    if (environment === "dev") development.add(name)
    if (environment === "prod") development.delete(name)
    if (team === null) teamOf.delete(name)
    else if (team !== undefined) teamOf.set(name, team)
  }
  return {
    developmentHosts: [...development],
    teams: Array.from(teamOf, ([hostname, team]) => ({ hostname, team }))
  }
}

/** Says what an import changed, or would change. */
export const importedView = (
  plan: RuleSetPlan,
  rows: ReadonlyArray<ImportedHost>,
  said: Pick<HostsImported, "dry_run" | "version">
): HostsImported => {
  const { development_hosts, teams } = appliedView(plan, { ...said, findings: [], sampled: 0 })
  const changed = new Set([
    ...development_hosts.added,
    ...development_hosts.removed,
    ...teams.map(({ hostname }) => hostname)
  ])
  return { ...said, development_hosts, teams, unchanged: rows.length - changed.size }
}
