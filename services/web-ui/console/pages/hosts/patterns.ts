import type { HostView, ImportedHost } from "../../../../../src/api/web-ui/HeardHosts.ts"

/** A name or pattern, and what it says of the hosts that it fits. */
export interface Pattern {
  readonly hostname: string
  readonly dev: boolean
  /** `undefined`: it says nothing of the team. */
  readonly team: string | undefined
}

/** Development hosts and teams as one list, by name. */
export const patternsOf = (
  hosts: ReadonlyArray<{ readonly hostname: string }>,
  teams: ReadonlyArray<{ readonly hostname: string; readonly team_assignment: string }>
): ReadonlyArray<Pattern> => {
  const dev = new Set(hosts.map(({ hostname }) => hostname))
  const teamOf = new Map(teams.map(({ hostname, team_assignment }) => [hostname, team_assignment]))
  return [...new Set([...dev, ...teamOf.keys()])].toSorted().map((hostname) => ({
    hostname,
    dev: dev.has(hostname),
    team: teamOf.get(hostname)
  }))
}

/** The patterns that the address asks for. */
export const findPatterns = (
  patterns: ReadonlyArray<Pattern>,
  { env, q, team }: { readonly q?: string; readonly team?: string; readonly env?: string }
): ReadonlyArray<Pattern> =>
  patterns.filter((pattern) =>
    pattern.hostname.includes((q ?? "").toLowerCase()) &&
    (team === undefined || pattern.team === team) &&
    (env === undefined || pattern.dev === (env === "dev"))
  )

/** How many of these hosts each pattern decides about, for the environment or the team. */
export const coveredBy = (hosts: ReadonlyArray<HostView>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { environment_by, team_by } of hosts) {
    for (const pattern of new Set([environment_by, team_by])) {
      if (pattern !== null) counts.set(pattern, (counts.get(pattern) ?? 0) + 1)
    }
  }
  return counts
}

/** The row of an import that makes a pattern so. */
export const rowOf = ({ dev, hostname, team }: Pattern): ImportedHost => ({
  hostname,
  environment: dev ? "dev" : "prod",
  team: team ?? null
})
