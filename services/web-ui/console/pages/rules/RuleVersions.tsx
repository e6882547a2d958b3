import { useAsk } from "../../api/query.ts"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { State } from "../../parts/Severity.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { type ChangeSearch, type Search, versionIn } from "./search.ts"
import { type VersionRow, versionRows } from "./versionRows.ts"

const columns: ReadonlyArray<Column<VersionRow>> = [
  { key: "version", title: "Version", width: "60px", align: "end", first: true, cell: ({ version }) => version },
  { key: "from", title: "In force from", width: "150px", cell: ({ changed_at }) => <Time at={changed_at} /> },
  {
    key: "until",
    title: "Until",
    width: "150px",
    cell: ({ until }) => until === undefined ? <State of="in force" tone="well" /> : <Time at={until} />
  },
  { key: "by", title: "By", width: "minmax(90px, 140px)", cell: ({ changed_by }) => changed_by ?? "nobody known" },
  {
    key: "why",
    title: "Why",
    width: "minmax(110px, 1fr)",
    cell: ({ reason }) =>
      reason === null ? <span className="quiet-text">no reason given</span> : <PlainText>{reason}</PlainText>
  }
]

const most = 100

/** Which versions of rules, hosts, teams and tests were in force when, and who made them. */
export const RuleVersions = ({ address, change }: { readonly address: Search; readonly change: ChangeSearch }) => {
  const before = versionIn(address.before)
  const setBefore = (version: number | undefined) =>
    change({ before: version === undefined ? undefined : String(version) })
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
                open={address.version}
                onOpen={({ version }) => change({ version: String(version), compare: undefined })}
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
