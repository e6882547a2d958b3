import type { UseQueryResult } from "@tanstack/react-query"
import { useMemo } from "react"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Stale } from "../../parts/Stale.tsx"
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

/** The columns of patterns; how many hosts each decides for is counted while they are shown. */
export const usePatternColumns = (shown: boolean): ReadonlyArray<Column<Pattern>> => {
  const { data } = useCountedHosts(shown)
  return useMemo(() => {
    const counts = coveredBy(data?.hosts ?? [])
    return columnsOf((hostname) => {
      if (data === undefined) return "–"
      const count = counts.get(hostname) ?? 0
      return `${count}${data.whole ? "" : "+"} ${count === 1 ? "host" : "hosts"}`
    })
  }, [data])
}

/** Names and patterns that make hosts development hosts, or give them a team. */
export const PatternList = ({ address, change, columns, read }: {
  readonly address: Search
  readonly change: Change
  readonly columns: ReadonlyArray<Column<Pattern>>
  readonly read: UseQueryResult<ReadonlyArray<Pattern>>
}) => {
  const found = findPatterns(read.data ?? [], address)
  return (
    <>
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
