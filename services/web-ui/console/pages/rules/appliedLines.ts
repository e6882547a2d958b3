import type { RulesApplied } from "../../../../../src/api/web-ui/RuleVersions.ts"

const most = 50

const named = (verb: string, names: ReadonlyArray<string | null>): ReadonlyArray<string> =>
  names.length === 0
    ? []
    : [
      `${verb} ${names.length}: ${names.slice(0, most).map((name) => name ?? "(no name)").join(", ")}${
        names.length > most ? " and more" : ""
      }`
    ]

/** What a rule file changes, deletions first. */
export const appliedLines = ({ development_hosts, findings, rules, teams, tests }: RulesApplied) => {
  const lines = [
    ...named("Rules deleted", rules.deleted.map(({ name }) => name)),
    ...named("Rules changed", rules.changed.map(({ name }) => name)),
    ...named("Rules added", rules.created.map(({ name }) => name)),
    ...named("Development hosts removed", development_hosts.removed),
    ...named("Development hosts added", development_hosts.added),
    ...named(
      "Teams changed",
      teams.map(({ after, before, hostname }) => `${hostname} ${before ?? "none"} → ${after ?? "none"}`)
    ),
    ...named("Tests deleted", tests.deleted),
    ...named("Tests changed", tests.changed),
    ...named("Tests added", tests.created),
    ...findings.slice(0, most).map(({ message, rule }) =>
      `Finding: ${message.includes(rule) ? "" : `${rule}: `}${message}`
    )
  ]
  return lines.length === 0 ? ["Nothing changes."] : lines
}
