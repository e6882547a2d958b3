import { useInfiniteQuery } from "@tanstack/react-query"
import { Option, Schema } from "effect"
import { useEffect, useState } from "react"
import type { ConfigChange } from "../../../../../src/api/web-ui/AuditLogs.ts"
import { ask } from "../../api/client.ts"
import { useTold } from "../../api/Feed.ts"
import { troubleOf } from "../../api/problems.ts"
import { Export } from "../../parts/Export.tsx"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { Panel } from "../../parts/Panel.tsx"
import { Time } from "../../parts/Time.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { Page } from "../../shell/Page.tsx"
import { SavedViews } from "../../shell/SavedViews.tsx"
import { useAddress } from "../../shell/useAddress.ts"
import { useColumns } from "../../shell/useColumns.tsx"
import { AuditFilter } from "./AuditFilter.tsx"
import { exportColumns } from "./changeRow.ts"
import { CheckHere } from "./CheckHere.tsx"
import { allChanges } from "./exportChanges.ts"
import { ExportDialog } from "./ExportDialog.tsx"
import { LinkDetail } from "./LinkDetail.tsx"
import { queryOf, search } from "./search.ts"
import { useChainCheck } from "./useChainCheck.ts"
import { useVerdict, Verdict } from "./Verdict.tsx"
import { changeWords } from "./words.ts"
import "./Page.css"

type Row = typeof ConfigChange.Type

const columns: ReadonlyArray<Column<Row>> = [
  { key: "link", title: "Link", width: "64px", align: "end", cell: ({ id }) => id },
  { key: "at", title: "When", width: "150px", cell: ({ changed_at }) => <Time at={changed_at} /> },
  { key: "by", title: "Who", width: "minmax(110px, 180px)", cell: ({ changed_by }) => changed_by },
  { key: "what", title: "What", width: "minmax(220px, 1fr)", first: true, cell: changeWords },
  { key: "why", title: "Why", width: "minmax(160px, 1fr)", cell: ({ reason }) => reason ?? "–" },
  { key: "request", title: "Request", width: "minmax(90px, 280px)", cell: ({ correlation_id }) => correlation_id },
  { key: "writer", title: "Written by", width: "minmax(110px, 260px)", cell: ({ writer }) => writer },
  { key: "hash", title: "Hash", width: "150px", cell: ({ entry_hash }) => <code>{entry_hash}</code> }
]

const usual = ["link", "at", "by", "what", "why"]

const decodeTold = Schema.decodeUnknownOption(Schema.Struct({ newest: Schema.NullOr(Schema.Int) }))

/** Id of the newest link, as the stream tells it. */
const useNewest = (): number | undefined => {
  const told = useTold("audit")
  return Option.getOrUndefined(decodeTold(told?.data))?.newest ?? undefined
}

/** How many links came since the list was read, whatever it is narrowed to. */
const useWaiting = (list: string) => {
  const newest = useNewest()
  const [seen, setSeen] = useState<number | undefined>(undefined)
  useEffect(() => setSeen(newest), [list, newest === undefined])
  const waiting = newest === undefined || seen === undefined ? 0 : newest - seen
  return { newest, waiting, see: () => setSeen(newest) }
}

const useChanges = (query: ReturnType<typeof queryOf>) =>
  useInfiniteQuery({
    queryKey: ["audit", "changes", query],
    queryFn: ({ pageParam, signal }) =>
      ask(
        (api) =>
          api.auditLogs.changes({
            query: { ...query, limit: 200, ...(pageParam === "" ? {} : { cursor: pageParam }) }
          }),
        signal
      ),
    initialPageParam: "",
    getNextPageParam: ({ pagination }) => pagination.next_cursor,
    // What was read does not move under the pointer: newer changes wait for a click.
    refetchOnWindowFocus: false
  })

const emptyWords = (query: ReturnType<typeof queryOf>): string =>
  Object.keys(query).length === 0
    ? "Nothing was changed yet."
    : "No change is like that. “Show all” takes the filter away."

/** Who changed what and why, and whether the record of it is whole. */
export const AuditPage = () => {
  const [address, change] = useAddress(search)
  const [exporting, setExporting] = useState(false)
  const query = queryOf(address)
  const read = useChanges(query)
  const rows = read.data?.pages.flatMap(({ changes }) => changes) ?? []
  const { newest, see, waiting } = useWaiting(JSON.stringify(query))
  const verdict = useVerdict()
  const { choice, columns: shown } = useColumns("audit", columns, usual)
  const check = useChainCheck()
  const opened = address.open !== undefined && /^\d{1,15}$/.test(address.open) ? Number(address.open) : undefined
  return (
    <Page
      title="Audit"
      shortcuts={[{ keys: "v", says: "Check the chain in this browser", run: () => void check.run() }]}
      actions={
        <>
          {choice}
          <SavedViews page="audit" />
          <Export name="audit" columns={exportColumns} read={allChanges(query)} />
          <button type="button" onClick={() => setExporting(true)}>Export the chain…</button>
        </>
      }
      detail={opened === undefined || opened === 0 ? undefined : (
        <LinkDetail
          key={opened}
          seq={opened}
          close={() => change({ open: undefined })}
        />
      )}
    >
      <Panel title="Is the record whole?">
        <div className="stack">
          <Verdict verdict={verdict} newest={newest} />
          <CheckHere check={check} links={newest} />
        </div>
      </Panel>
      <AuditFilter address={address} change={change} />
      {waiting > 0 && (
        <button
          type="button"
          onClick={() => {
            see()
            void read.refetch()
          }}
        >
          {waiting === 1 ? "1 newer change" : `${waiting} newer changes`}
        </button>
      )}
      {read.error !== null && rows.length > 0 && (
        <p className="stale-note" role="status">
          The list is as it was read last. {troubleOf(read.error).detail}{" "}
          <button type="button" onClick={() => void read.refetch()}>Try again</button>
        </p>
      )}
      {read.error !== null && rows.length === 0
        ? <Trouble of={troubleOf(read.error)} again={() => void read.refetch()} />
        : (
          <div className="page-list">
            <Grid
              label="Changes, the newest first"
              columns={shown}
              rows={rows}
              keyOf={({ id }) => String(id)}
              total={-1}
              open={address.open}
              onOpen={({ id }) => change({ open: String(id) })}
              onEnd={() => {
                if (read.hasNextPage && !read.isFetching) void read.fetchNextPage()
              }}
              empty={read.isLoading ? "Looking…" : emptyWords(query)}
            />
          </div>
        )}
      {exporting && <ExportDialog close={() => setExporting(false)} />}
    </Page>
  )
}
