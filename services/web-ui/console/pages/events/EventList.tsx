import type { EventFilters } from "../../../../../src/api/web-ui/EventLists.ts"
import type { EventRow } from "../../../../../src/domain/EventRow.ts"
import { troubleOf } from "../../api/problems.ts"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { Time } from "../../parts/Time.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { needsShortSpan } from "./eventFilters.ts"
import type { useEvents } from "./useEvents.ts"

/** The events of a filter as they were when they were asked for. */
export const EventList = (
  { columns, events: { again, read, rows }, filters, keys, narrow, onOpen, open, toneOf, words }: {
    readonly events: ReturnType<typeof useEvents>
    readonly columns: ReadonlyArray<Column<EventRow>>
    readonly filters: EventFilters
    readonly words: string
    readonly open: string | undefined
    readonly onOpen: (row: EventRow) => void
    readonly keys: Readonly<Record<string, (row: EventRow) => void>>
    readonly toneOf: (row: EventRow) => string | undefined
    readonly narrow: (parts: Readonly<Record<string, string | undefined>>) => void
  }
) => {
  const short = needsShortSpan(filters)
  const trouble = read.error === null ? undefined : troubleOf(read.error)
  const searchDay = () => narrow({ from: "-24h", to: undefined })
  return (
    <>
      {trouble !== undefined && (
        <div className="stack">
          <Trouble of={trouble} again={again} />
          {short && trouble.tag === "Invalid" && (
            <p>
              <button type="button" onClick={searchDay}>Search the last 24 h</button>
            </p>
          )}
        </div>
      )}
      {(trouble === undefined || rows.length > 0) && (
        <div className={read.isPlaceholderData || trouble !== undefined ? "page-list stale" : "page-list"}>
          <Grid
            label="Events"
            columns={columns}
            rows={rows}
            keyOf={({ ref }) =>
              ref}
            total={read.hasNextPage ? -1 : rows.length + 1}
            open={open}
            onOpen={onOpen}
            keys={keys}
            toneOf={toneOf}
            onEnd={() => {
              if (read.hasNextPage && !read.isFetching && !read.isError) void read.fetchNextPage()
            }}
            empty={read.isPending || read.isFetching ? "Looking…" : (
              <span className="row">
                Nothing found {words}.
                {words === "in all that is kept" || (
                  <button
                    type="button"
                    onClick={() => narrow({ from: short ? "-24h" : "all", to: undefined })}
                  >
                    {short ? "Search the last 24 h" : "Search all that is kept"}
                  </button>
                )}
              </span>
            )}
          />
        </div>
      )}
      <div className="list-line quiet-text">
        <span>By arrival, newest first.</span>
        {read.dataUpdatedAt > 0 && (
          <span>
            {rows.length.toLocaleString("en")} {read.hasNextPage ? "loaded, more below" : "in all"}, as of{" "}
            <Time at={new Date(read.dataUpdatedAt).toISOString()} />
          </span>
        )}
        <button type="button" className="quiet" disabled={read.isFetching} onClick={again}>
          {read.isFetching ? "Looking…" : "Look again"}
        </button>
      </div>
    </>
  )
}
