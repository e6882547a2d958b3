import { useAsk } from "../../api/query.ts"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { State } from "../../parts/Severity.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { type VersionRow, versionRows } from "./versionRows.ts"

const columns: ReadonlyArray<Column<VersionRow>> = [
  { key: "version", title: "Version", width: "72px", align: "end", first: true, cell: ({ version }) => version },
  { key: "from", title: "In force from", width: "160px", cell: ({ changed_at }) => <Time at={changed_at} /> },
  {
    key: "until",
    title: "Until",
    width: "160px",
    cell: ({ until }) => until === undefined ? <State of="in force" tone="well" /> : <Time at={until} />
  },
  { key: "by", title: "By", width: "140px", cell: ({ changed_by }) => changed_by ?? "nobody known" },
  {
    key: "changes",
    title: "Changes",
    width: "72px",
    align: "end",
    cell: ({ changes }) => changes === 0 ? "–" : changes.toLocaleString("en")
  },
  {
    key: "why",
    title: "Why",
    width: "minmax(120px, 1fr)",
    cell: ({ reason }) =>
      reason === null ? <span className="quiet-text">no reason given</span> : <PlainText>{reason}</PlainText>
  }
]

const most = 100

/** Which versions of rules, hosts, teams and tests were in force when, and who made them. */
export const RuleVersions = ({ before, open, setBefore, show }: {
  /** Only versions before this one; `undefined`: the newest. */
  readonly before: number | undefined
  readonly setBefore: (before: number | undefined) => void
  readonly open: number | undefined
  readonly show: (version: number) => void
}) => {
  // With the one that came after them: it says until when the first was in force.
  const read = useAsk(
    ["rule-versions", "list", before],
    (api) =>
      api.ruleVersions.list({
        query: { limit: most + 1, ...(before === undefined ? {} : { cursor: String(before + 1) }) }
      }),
    { keep: true }
  )
  return (
    <Stale read={read} lines={10}>
      {({ versions }) => {
        const next = before === undefined ? undefined : versions[0]
        const rows = versionRows(before === undefined ? versions.slice(0, most) : versions.slice(1), next)
        const last = rows.at(-1)
        const isMore = versions.length > most
        return (
          <>
            <div className="page-list">
              <Grid
                label="Versions of the rules, newest first"
                columns={columns}
                rows={rows}
                keyOf={({ version }) => String(version)}
                total={isMore ? -1 : rows.length + 1}
                open={open === undefined ? undefined : String(open)}
                onOpen={({ version }) => show(version)}
                empty="There are no older versions."
              />
            </div>
            {(before !== undefined || isMore) && (
              <div className="row">
                <button type="button" disabled={before === undefined} onClick={() => setBefore(undefined)}>
                  Newest
                </button>
                <button type="button" disabled={!isMore} onClick={() => setBefore(last?.version)}>Older</button>
              </div>
            )}
          </>
        )
      }}
    </Stale>
  )
}
