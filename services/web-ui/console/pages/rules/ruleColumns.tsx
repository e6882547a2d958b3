import type { Column } from "../../parts/Grid.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Severity, State } from "../../parts/Severity.tsx"
import { Time } from "../../parts/Time.tsx"
import { matchText, type RuleRow } from "./ruleRows.ts"

const handled = ({ rule }: RuleRow): string =>
  [rule.prod_handling, ...(rule.dev_handling === rule.prod_handling ? [] : [`dev ${rule.dev_handling}`])]
    .join(", ").replaceAll("_", " ")

const hits = ({ stats }: RuleRow): string =>
  stats === undefined ? "–" : (stats.forwarded + stats.suppressed).toLocaleString("en")

/** How a rule is: off, in the way of another, or what it did last. */
const Works = ({ row: { rule, stats } }: { readonly row: RuleRow }) => {
  if (!rule.is_active) return <State of="off" tone="plain" />
  const by = stats?.shadowed_by ?? null
  if (by !== null) return <State of={`shadowed by ${by}`} tone="warning" />
  if (stats?.never_hit === true) return <State of="never decided" tone="plain" />
  return <Time ago at={stats?.last_hit} />
}

export const ruleColumns: ReadonlyArray<Column<RuleRow>> = [
  { key: "place", title: "Order", width: "52px", align: "end", cell: ({ place }) => place },
  { key: "priority", title: "Priority", width: "64px", align: "end", cell: ({ rule }) => rule.priority },
  { key: "name", title: "Name", width: "minmax(90px, 150px)", first: true, cell: ({ rule }) => rule.name },
  {
    key: "match",
    title: "Match",
    width: "minmax(200px, 1fr)",
    cell: (row) => (
      <>
        <span className="quiet-text">{row.rule.match_type.replaceAll("_", " ")}</span>{" "}
        <PlainText>{matchText(row.rule)}</PlainText>{" "}
        {row.rule.syslog_severity !== null && <Severity of={row.rule.syslog_severity} />}
      </>
    )
  },
  { key: "handling", title: "Handling", width: "minmax(110px, 190px)", cell: handled },
  { key: "team", title: "Team", width: "100px", cell: ({ rule }) => rule.team_assignment },
  { key: "hits", title: "Hits 24 h", width: "72px", align: "end", cell: hits },
  { key: "works", title: "Last hit", width: "170px", cell: (row) => <Works row={row} /> }
]
