import type { UseQueryResult } from "@tanstack/react-query"
import { Export, inOneGo } from "../../parts/Export.tsx"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { useColumns } from "../../shell/useColumns.tsx"
import type { Change } from "./HostFilters.tsx"
import { coveredBy, findPatterns, type Pattern } from "./patterns.ts"
import type { Search } from "./search.ts"
import { useCountedHosts } from "./useHosts.ts"

const columnsOf = (covered: (hostname: string) => string): ReadonlyArray<Column<Pattern>> => [
  {
    key: "pattern",
    title: "Host or pattern",
    width: "minmax(160px, 1fr)",
    first: true,
    cell: ({ hostname }) => <PlainText>{hostname}</PlainText>
  },
  { key: "environment", title: "Environment", width: "96px", cell: ({ dev }) => dev ? "dev" : "" },
  { key: "team", title: "Team", width: "minmax(80px, 160px)", cell: ({ team }) => team ?? "" },
  {
    key: "covers",
    title: "Decides for",
    width: "96px",
    align: "end",
    cell: ({ hostname }) => covered(hostname)
  }
]

const exportColumns = ["hostname", "environment", "team", "decides_for"] as const

/** Names and patterns that make hosts development hosts, or give them a team. */
export const PatternList = ({ address, change, read }: {
  readonly address: Search
  readonly change: Change
  readonly read: UseQueryResult<ReadonlyArray<Pattern>>
}) => {
  const counted = useCountedHosts(true)
  const counts = coveredBy(counted.data?.hosts ?? [])
  const covered = (hostname: string): string => {
    if (counted.data === undefined) return "–"
    const count = counts.get(hostname) ?? 0
    return `${count}${counted.data.whole ? "" : "+"} ${count === 1 ? "host" : "hosts"}`
  }
  const found = findPatterns(read.data ?? [], address)
  const { choice, columns } = useColumns("patterns", columnsOf(covered))
  const rows = found.map(({ dev, hostname, team }) => ({
    hostname,
    environment: dev ? "dev" : null,
    team: team ?? null,
    decides_for: covered(hostname)
  }))
  return (
    <>
      <div className="row">
        {choice}
        <Export name="patterns" columns={exportColumns} read={inOneGo(rows)} />
      </div>
      <Stale read={read} lines={8}>
        {() => (
          <p className="quiet-text">
            A name goes before a pattern, a longer pattern before a shorter one. A host that none fits is{" "}
            <code>prod</code>.
          </p>
        )}
      </Stale>
      {read.data !== undefined && (
        <div className="page-list">
          <Grid
            label="Hosts and patterns"
            columns={columns}
            rows={found}
            keyOf={({ hostname }) => hostname}
            open={address.open}
            onOpen={({ hostname }) => change({ open: hostname })}
            empty={read.data.length === 0
              ? "There are none: every host is prod, and has the team of all others."
              : <NothingFound all={() => change({ q: undefined, team: undefined, env: undefined })} />}
          />
        </div>
      )}
    </>
  )
}

const NothingFound = ({ all }: { readonly all: () => void }) => (
  <>
    No pattern is like this. <button type="button" onClick={all}>Show all patterns</button>
  </>
)
