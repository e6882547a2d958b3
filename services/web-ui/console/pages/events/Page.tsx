import { useInfiniteQuery } from "@tanstack/react-query"
import type { EventRow } from "../../../../../src/domain/EventRow.ts"
import { ask } from "../../api/client.ts"
import { troubleOf } from "../../api/problems.ts"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Severity, State } from "../../parts/Severity.tsx"
import { Time } from "../../parts/Time.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { Page } from "../../shell/Page.tsx"
import { useAddress } from "../../shell/useAddress.ts"
import { EventTrace } from "./EventTrace.tsx"
import { search } from "./search.ts"

const columns: ReadonlyArray<Column<EventRow>> = [
  { key: "at", title: "Arrived", width: "150px", cell: ({ received_at }) => <Time at={received_at} /> },
  { key: "severity", title: "Severity", width: "96px", cell: ({ severity }) => <Severity of={severity} /> },
  {
    key: "host",
    title: "Host",
    width: "minmax(100px, 160px)",
    cell: ({ hostname }) => <PlainText>{hostname}</PlainText>
  },
  {
    key: "message",
    title: "Message",
    width: "minmax(240px, 1fr)",
    first: true,
    cell: ({ message }) => <PlainText>{message}</PlainText>
  },
  { key: "outcome", title: "Outcome", width: "116px", cell: ({ outcome }) => <State of={outcome} /> },
  { key: "rule", title: "Rule", width: "120px", cell: ({ rule_id, rule_name }) => rule_name ?? rule_id ?? "–" },
  { key: "team", title: "Team", width: "100px", cell: ({ team }) => team }
]

export const EventsPage = () => {
  const [address, change] = useAddress(search)
  const { open, q, tail: _tail, ...filters } = address
  const query = {
    ...(filters.host === undefined ? {} : { host: filters.host }),
    ...(q === undefined ? {} : { text: q }),
    limit: 200
  }
  const read = useInfiniteQuery({
    queryKey: ["events", query],
    queryFn: ({ pageParam, signal }) =>
      ask((api) => api.eventLists.list({ query: pageParam === "" ? query : { ...query, cursor: pageParam } }), signal),
    initialPageParam: "",
    getNextPageParam: ({ pagination }) => pagination.next_cursor
  })
  const rows = read.data?.pages.flatMap(({ events }) => events) ?? []
  return (
    <Page
      title="Events"
      detail={open !== undefined && <EventTrace eventRef={open} close={() => change({ open: undefined })} />}
    >
      {read.error !== null && rows.length === 0
        ? <Trouble of={troubleOf(read.error)} again={() => void read.refetch()} />
        : (
          <div className="page-list">
            <Grid
              label="Events"
              columns={columns}
              rows={rows}
              keyOf={({ ref }) => ref}
              total={-1}
              open={open}
              onOpen={({ ref }) => change({ open: ref })}
              onEnd={() => {
                if (read.hasNextPage && !read.isFetching) void read.fetchNextPage()
              }}
              empty={read.isLoading ? "Looking…" : "Nothing found."}
            />
          </div>
        )}
    </Page>
  )
}
