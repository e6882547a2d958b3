import type { HostsImported, ImportedHost } from "../../../../../src/api/web-ui/HeardHosts.ts"

/** Does an import change nothing? */
export const isNothing = ({ development_hosts: { added, removed }, teams }: HostsImported): boolean =>
  added.length + removed.length + teams.length === 0

/** The rows that take a change back. */
export const inverseOf = (
  { development_hosts: { added, removed }, teams }: HostsImported
): ReadonlyArray<ImportedHost> => {
  const rows = new Map<string, ImportedHost>()
  const put = (row: ImportedHost) => rows.set(row.hostname, { ...rows.get(row.hostname), ...row })
  for (const hostname of added) put({ hostname, environment: "prod" })
  for (const hostname of removed) put({ hostname, environment: "dev" })
  for (const { before, hostname } of teams) put({ hostname, team: before })
  return [...rows.values()]
}

/** What an import changes, a line each. */
export const linesOf = ({ development_hosts: { added, removed }, teams }: HostsImported): ReadonlyArray<string> => [
  ...removed.map((hostname) => `${hostname}: no development host any more`),
  ...added.map((hostname) => `${hostname}: development host`),
  ...teams.map(({ after, before, hostname }) => `${hostname}: team ${before ?? "none"} → ${after ?? "none"}`)
]
