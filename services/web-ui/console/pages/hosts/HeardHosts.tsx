import { Link } from "@tanstack/react-router"
import type { HostView } from "../../../../../src/api/web-ui/HeardHosts.ts"
import { troubleOf } from "../../api/problems.ts"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { State } from "../../parts/Severity.tsx"
import { Time, timeText, useZone } from "../../parts/Time.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import type { Change } from "./HostFilters.tsx"
import type { Search } from "./search.ts"
import type { useHeardHosts } from "./useHosts.ts"

const by = (pattern: string | null, none: string) => (
  <span className="quiet-text">
    {pattern === null ? none : (
      <>
        by <PlainText>{pattern}</PlainText>
      </>
    )}
  </span>
)

const columnsWhere = (exact: boolean): ReadonlyArray<Column<HostView>> => [
  {
    key: "host",
    title: "Host",
    width: "minmax(140px, 1fr)",
    first: true,
    cell: ({ hostname }) => <PlainText>{hostname}</PlainText>
  },
  { key: "last", title: "Last event", width: "110px", cell: ({ last_at }) => <Time ago at={last_at} /> },
  {
    key: "count",
    title: exact ? "Events 24 h" : "Events 24 h, about",
    width: "130px",
    align: "end",
    cell: ({ count_24h }) => count_24h === 0 ? "silent" : count_24h.toLocaleString("en")
  },
  {
    key: "environment",
    title: "Environment",
    width: "minmax(110px, 200px)",
    cell: ({ environment, environment_by }) => (
      <>
        {environment} {environment_by !== null && by(environment_by, "")}
      </>
    )
  },
  {
    key: "team",
    title: "Team",
    width: "minmax(120px, 220px)",
    cell: ({ team, team_by }) => <>{team} {by(team_by, "as all others")}</>
  },
  {
    key: "silenced",
    title: "Silenced by",
    width: "130px",
    cell: ({ silenced_by }) =>
      silenced_by.length === 0
        ? ""
        : (
          <>
            <State of="silenced" tone="warning" />{" "}
            {silenced_by.slice(0, 3).map((id) => <Link key={id} to="/silences" search={{ open: String(id) }}>{id}
            </Link>)}
            {silenced_by.length > 3 && ` +${silenced_by.length - 3}`}
          </>
        )
  }
]

const [counted, sampled] = [columnsWhere(true), columnsWhere(false)]

/** The columns of hosts, whose counts may come from a sample. */
export const heardColumns = ({ data }: ReturnType<typeof useHeardHosts>): ReadonlyArray<Column<HostView>> =>
  data?.pages[0]?.exact === false ? sampled : counted

/** Hosts that sent something, by name. */
export const HeardHosts = ({ address, change, columns, read }: {
  readonly address: Search
  readonly change: Change
  readonly columns: ReadonlyArray<Column<HostView>>
  readonly read: ReturnType<typeof useHeardHosts>
}) => {
  const [zone] = useZone()
  const first = read.data?.pages[0]
  const hosts = read.data?.pages.flatMap(({ hosts }) => hosts) ?? []
  const narrowed = [address.q, address.team, address.env, address.quiet].some((part) => part !== undefined)
  if (read.error !== null && hosts.length === 0) {
    return <Trouble of={troubleOf(read.error)} again={() => void read.refetch()} />
  }
  return (
    <>
      <p className={read.isError ? "stale-note" : "quiet-text"} role="status">
        {first === undefined
          ? "Looking…"
          : `${read.hasNextPage ? "More than " : ""}${hosts.length.toLocaleString("en")} ${
            hosts.length === 1 ? "host" : "hosts"
          } heard in the last ${first.days} days, as of ${timeText(first.as_of, zone)}.`}
        {first?.complete === false && " There are more hosts than could be looked at."}
        {read.isError && ` Trying again. ${troubleOf(read.error).detail}`}
      </p>
      <div className="page-list">
        <Grid
          label="Hosts heard of"
          columns={columns}
          rows={hosts}
          keyOf={({ hostname }) => hostname}
          total={read.hasNextPage ? -1 : hosts.length + 1}
          open={address.open}
          onOpen={({ hostname }) => change({ open: hostname })}
          onEnd={() => {
            if (read.hasNextPage && !read.isFetching) void read.fetchNextPage()
          }}
          empty={read.isLoading
            ? "Looking…"
            : narrowed
            ? (
              <>
                No host is like this.{" "}
                <button
                  type="button"
                  onClick={() => change({ q: undefined, team: undefined, env: undefined, quiet: undefined })}
                >
                  Show all hosts
                </button>
              </>
            )
            : "Nothing was heard of any host."}
        />
      </div>
    </>
  )
}
