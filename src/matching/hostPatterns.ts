import type { Environment, RuleSet } from "../domain/Rule.ts"
import { hostTable } from "../logic/hosts.ts"

/** Looks after every host that has no team of its own. */
const defaultTeam = "NETO"

/** Says of a host what the tables of development hosts and teams make of it, and which entry says so. */
export interface HostPatterns {
  readonly environmentOf: (hostname: string) => Environment
  /** The development host or pattern that it falls under. */
  readonly environmentBy: (hostname: string) => string | undefined
  /** Who looks after a host when no rule says. */
  readonly teamOf: (hostname: string) => string
  /** The host or pattern that has this team. */
  readonly teamBy: (hostname: string) => string | undefined
}

export const hostPatterns = (
  { developmentHosts, deviceTeams }: Pick<RuleSet, "developmentHosts" | "deviceTeams">
): HostPatterns => {
  const development = hostTable(developmentHosts.map((pattern) => [pattern, pattern] as const))
  const teams = hostTable(deviceTeams.map((entry) => [entry.hostname, entry] as const))
  return {
    environmentOf: (hostname) => (development.find(hostname) === undefined ? "prod" : "dev"),
    environmentBy: development.find,
    teamOf: (hostname) => teams.find(hostname)?.team ?? defaultTeam,
    teamBy: (hostname) => teams.find(hostname)?.hostname
  }
}
