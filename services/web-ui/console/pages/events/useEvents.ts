import { type InfiniteData, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import type { EventFilters } from "../../../../../src/api/web-ui/EventLists.ts"
import type { EventRow } from "../../../../../src/domain/EventRow.ts"
import { ask } from "../../api/client.ts"
import { now } from "../../api/clock.ts"
import { everyPage } from "../../api/everyPage.ts"
import { queries } from "../../api/query.ts"
import type { ExportRow } from "../../parts/csv.ts"
import { type Span, spanAt } from "./timeRange.ts"

interface Asked {
  readonly filters: EventFilters
  readonly range: { readonly from?: string | undefined; readonly to?: string | undefined }
}

const pageRows = 200

const page = (query: EventFilters & Span, cursor: string, limit: number, signal: AbortSignal) =>
  ask(
    (api) => api.eventLists.list({ query: { ...query, limit, ...(cursor === "" ? {} : { cursor }) } }),
    signal
  )

/**
 * The events of a filter, newest first, page by page. They stand still until they are asked for again: what comes in
 * meanwhile is for the tail.
 */
export const useEvents = ({ filters, range }: Asked, enabled: boolean) => {
  const key = ["events", "list", filters, range]
  const read = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => page({ ...filters, ...spanAt(range, now()) }, pageParam, pageRows, signal),
    initialPageParam: "",
    getNextPageParam: ({ pagination }) => pagination.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    refetchOnWindowFocus: false,
    enabled
  })
  const rows = useMemo(
    (): ReadonlyArray<EventRow> => read.data?.pages.flatMap(({ events }) => events) ?? [],
    [read.data]
  )
  /** Begins at the newest again. */
  const again = () => {
    queries.setQueryData<InfiniteData<unknown, string>>(
      key,
      (data) => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) }
    )
    void queries.invalidateQueries({ queryKey: ["events"] })
  }
  return { read, rows, again }
}

/** Every event that a filter finds. */
export const allEvents =
  ({ filters, range }: Asked) => (signal: AbortSignal): AsyncGenerator<ReadonlyArray<ExportRow>> => {
    const query = { ...filters, ...spanAt(range, now()) }
    return everyPage(async (cursor) => {
      const { events, pagination } = await page(query, cursor, 1_000, signal)
      return { rows: events, next: pagination.next_cursor }
    })
  }

export const exportColumns = [
  "received_at",
  "event_timestamp",
  "hostname",
  "severity",
  "message",
  "outcome",
  "cause",
  "cause_id",
  "environment",
  "rule_id",
  "rule_name",
  "team",
  "handling",
  "source",
  "sender",
  "rules_version",
  "cut",
  "id",
  "ref"
] as const satisfies ReadonlyArray<keyof EventRow>
