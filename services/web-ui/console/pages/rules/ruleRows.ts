import { Struct } from "effect"
import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import type { RuleStatsItem } from "../../../../../src/api/web-ui/RulesAtWork.ts"
import { inOrder } from "./moveRule.ts"
import type { Search } from "./search.ts"

/** A rule in the list, with what it did. */
export interface RuleRow {
  readonly rule: RuleView
  /** Its place among all rules, from 1. */
  readonly place: number
  /** `undefined`: not known. */
  readonly stats: RuleStatsItem | undefined
}

/** All rules in deciding order, with what is known of each. */
export const ruleRows = (
  rules: ReadonlyArray<RuleView>,
  stats: ReadonlyArray<RuleStatsItem>
): ReadonlyArray<RuleRow> => {
  const byId = new Map(stats.map((item) => [item.rule_id, item]))
  return inOrder(rules).map((rule, index) => ({ rule, place: index + 1, stats: byId.get(rule.id) }))
}

/** What a rule asks for, in one text. */
export const matchText = ({ match_string, match_type, trap_oid }: RuleView): string =>
  (match_type === "oid_prefix" ? trap_oid : match_string) ?? ""

const isUnused = ({ rule, stats }: RuleRow): boolean =>
  rule.is_active && (stats?.never_hit === true || (stats?.shadowed_by ?? null) !== null)

/** The rows that the address asks for. */
export const findRules = (rows: ReadonlyArray<RuleRow>, { active, q, team, type, unused }: Search) => {
  const words = (q ?? "").toLowerCase().split(/\s+/).filter((word) => word !== "")
  return rows.filter((row) => {
    const { rule } = row
    const text = `${rule.name} ${rule.id} ${matchText(rule)} ${rule.team_assignment}`.toLowerCase()
    return words.every((word) => text.includes(word)) &&
      (active === undefined || rule.is_active === (active === "1")) &&
      (team === undefined || rule.team_assignment === team) &&
      (type === undefined || rule.match_type === type) &&
      (unused !== "1" || isUnused(row))
  })
}

/** A row as it is exported. */
export const exportRow = ({ place, rule, stats }: RuleRow) => ({
  order: place,
  ...Struct.pick(rule, ruleColumns),
  forwarded_24h: stats?.forwarded ?? null,
  suppressed_24h: stats?.suppressed ?? null,
  last_hit: stats?.last_hit ?? null,
  shadowed_by: stats?.shadowed_by ?? null
})

const ruleColumns = [
  "id",
  "name",
  "priority",
  "is_active",
  "match_type",
  "match_string",
  "trap_oid",
  "syslog_severity",
  "prod_handling",
  "dev_handling",
  "team_assignment",
  "version"
] as const

export const exportColumns: ReadonlyArray<string> = [
  "order",
  ...ruleColumns,
  "forwarded_24h",
  "suppressed_24h",
  "last_hit",
  "shadowed_by"
]

/** One line over the list: how many there are, and what is wrong first. */
export const headline = (rows: ReadonlyArray<RuleRow>): string => {
  const active = rows.filter(({ rule }) => rule.is_active)
  const shadowed = active.filter(({ stats }) => (stats?.shadowed_by ?? null) !== null).length
  const never = active.filter(({ stats }) => stats?.never_hit === true).length
  const off = rows.length - active.length
  const parts = [
    ...(shadowed === 0 ? [] : [`${shadowed} can't decide, as an earlier rule takes all that they match`]),
    ...(never === 0 ? [] : [`${never} never decided anything`]),
    ...(off === 0 ? [] : [`${off} ${off === 1 ? "is" : "are"} off`])
  ]
  const count = `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "rule" : "rules"}`
  return parts.length === 0 ? `${count}, all on.` : `${count}: ${parts.join("; ")}.`
}
