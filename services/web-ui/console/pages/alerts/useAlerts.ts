import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query"
import { useEffect, useRef } from "react"
import type { AlertRow } from "../../../../../src/api/web-ui/Alerts.ts"
import { ask } from "../../api/client.ts"
import { everyPage } from "../../api/everyPage.ts"
import { useTold } from "../../api/Feed.ts"
import { queries, useAsk } from "../../api/query.ts"
import type { ExportRow } from "../../parts/csv.ts"
import { filterOf, statesOf } from "./alertFilters.ts"
import type { Search } from "./search.ts"

const pageRows = 100

const queryOf = (search: Search) => ({ ...filterOf(search), ...statesOf(search) })

const page = (search: Search, cursor: string, limit: number, signal: AbortSignal) =>
  ask(
    (api) => api.alerts.list({ query: { ...queryOf(search), limit, ...(cursor === "" ? {} : { cursor }) } }),
    signal
  )

/** Alerts wherever they are. Those on their way come first, by their next try; then dead and delivered ones, newest first. */
export const useAlerts = (search: Search, enabled: boolean) => {
  const read = useInfiniteQuery({
    queryKey: ["alerts", "list", queryOf(search)],
    queryFn: ({ pageParam, signal }) => page(search, pageParam, pageRows, signal),
    initialPageParam: "",
    getNextPageParam: ({ pagination }) => pagination.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.pages.length ?? 0) > 1 ? false : 10_000,
    refetchOnWindowFocus: false,
    enabled
  })
  // An alert that moves while its pages are read may be in two of them.
  const rows = new Map<string, AlertRow>()
  for (const { alerts } of read.data?.pages ?? []) {
    for (const alert of alerts) if (!rows.has(alert.id)) rows.set(alert.id, alert)
  }
  return { read, rows: [...rows.values()] }
}

/** Their numbers by signature or host. Delivered ones are counted only when they are asked for. */
export const useGroups = (search: Search, by: "signature" | "host") =>
  useAsk(
    ["alerts", "groups", by, queryOf(search)],
    (api) => api.alerts.groups({ query: { ...queryOf(search), by } }),
    { every: 10_000, keep: true }
  )

/** Reads again when the server says that something moved, if what is shown is short enough for that. */
export const useMoved = (loaded: number): void => {
  const told = useTold("alerts")
  const seen = useRef(told?.at)
  useEffect(() => {
    if (told?.at === seen.current) return
    seen.current = told?.at
    if (loaded <= pageRows) void queries.invalidateQueries({ queryKey: ["alerts"] })
  }, [told?.at])
}

export const allAlerts = (search: Search) => (signal: AbortSignal): AsyncGenerator<ReadonlyArray<ExportRow>> =>
  everyPage(async (cursor) => {
    const { alerts, pagination } = await page(search, cursor, 500, signal)
    return { rows: alerts, next: pagination.next_cursor }
  })

export const exportColumns = [
  "id",
  "state",
  "hostname",
  "signature",
  "team",
  "handling",
  "severity",
  "rule_id",
  "decided_at",
  "tries",
  "next_at",
  "delivered_at",
  "ms",
  "answer"
] as const satisfies ReadonlyArray<keyof AlertRow>
