import { useNavigate } from "@tanstack/react-router"
import type { EventRow } from "../../../../../src/domain/EventRow.ts"
import { Export } from "../../parts/Export.tsx"
import { FilterBar } from "../../parts/FilterBar.tsx"
import { timeText, useZone, zoneName } from "../../parts/Time.tsx"
import { Page } from "../../shell/Page.tsx"
import { SavedViews } from "../../shell/SavedViews.tsx"
import { useAddress } from "../../shell/useAddress.ts"
import { useColumns } from "../../shell/useColumns.tsx"
import { besideTrace, eventColumns, usualColumns } from "./columns.tsx"
import { draftColumn, DraftLine, draftTone, useDraftMarks } from "./DraftLine.tsx"
import { EventCounts, useCounts } from "./EventCounts.tsx"
import { filterFields, type FilterName, filtersOf } from "./eventFilters.ts"
import { EventList } from "./EventList.tsx"
import { EventTrace } from "./EventTrace.tsx"
import { ruleFrom, silenceFor } from "./links.ts"
import { search } from "./search.ts"
import { TailList, useTail } from "./TailList.tsx"
import { rangeWords } from "./timeRange.ts"
import { TimeRange } from "./TimeRange.tsx"
import { allEvents, exportColumns, useEvents } from "./useEvents.ts"
import { useFind } from "./useFind.ts"
import "./events.css"

/** What came in: as a list of a time, or live. */
export const EventsPage = () => {
  const [address, change] = useAddress(search)
  const navigate = useNavigate()
  const [zone] = useZone()
  const looking = useFind(address.q, (found) => change({ q: undefined, ...found }, { replace: true }))
  const live = address.tail === "1"
  const quiet = live || address.q !== undefined
  const range = { from: address.from, to: address.to }
  const filters = filtersOf(address)
  const events = useEvents({ filters, range }, !quiet)
  const counts = useCounts({ filters, range }, !quiet && address.from !== "all")
  const { tail, view } = useTail(filters, live)
  const { choice, columns: chosen } = useColumns("events", eventColumns, usualColumns)
  const beside = address.open === undefined ? chosen : chosen.filter(({ key }) => besideTrace.has(key))
  const words = rangeWords(range, (time) => `${timeText(time, zone)} ${zoneName(zone)}`)
  const rows = live ? view.rows : events.rows
  const marks = useDraftMarks(address.draft, rows, live)
  const drafted = address.draft !== undefined
  const columns = drafted ? [draftColumn(marks), ...beside] : beside
  const leaveDraft = () => change({ draft: undefined })

  const narrow = (parts: Readonly<Record<string, string | undefined>>) => change(parts)
  const openRow = ({ ref }: EventRow) => change({ open: ref }, { replace: address.open !== undefined })
  const silence = ({ hostname }: Pick<EventRow, "hostname">) => void navigate(silenceFor(hostname))
  const makeRule = ({ ref }: Pick<EventRow, "ref">) => void navigate(ruleFrom(ref))
  const keys = {
    e: ({ ref }: EventRow) => change({ open: ref, tab: undefined }),
    r: makeRule,
    s: silence
  }
  const step = (by: number) => {
    const at = rows.findIndex(({ ref }) => ref === address.open)
    const next = at < 0 ? undefined : rows[at + by]
    if (next !== undefined) openRow(next)
  }
  const opened = rows.find(({ ref }) => ref === address.open)
  const shortcuts = [
    { keys: "t", says: "Watch events come in, or stop", run: () => change({ tail: live ? undefined : "1" }) },
    ...(live
      ? [{ keys: " ", says: "Hold the tail, or let it go on", run: () => view.held ? tail.release() : tail.hold() }]
      : []),
    ...(drafted ? [{ keys: "Escape", says: "Leave the draft rule", run: leaveDraft }] : []),
    ...(address.open === undefined ? [] : [
      { keys: "[", says: "The event above", run: () => step(-1) },
      { keys: "]", says: "The event below", run: () => step(1) },
      { keys: "e", says: "Why it was decided so", run: () => change({ tab: undefined }) }
    ]),
    ...(opened === undefined ? [] : [
      { keys: "r", says: "Make a rule from the event", run: () => makeRule(opened) },
      { keys: "s", says: "Silence the host of the event", run: () => silence(opened) }
    ])
  ]
  const suggest = (key: FilterName): ReadonlyArray<string> =>
    key === "host" || key === "rule" || key === "team" ? counts.data?.facets[key].map(([value]) => value) ?? [] : []

  return (
    <Page
      title="Events"
      shortcuts={shortcuts}
      actions={
        <>
          <button type="button" aria-pressed={live} onClick={() => change({ tail: live ? undefined : "1" })}>
            {live ? "Stop the tail" : "Tail"} <kbd>t</kbd>
          </button>
          {choice}
          <SavedViews page="events" />
          {!live && <Export name="events" columns={exportColumns} read={allEvents({ filters, range })} />}
        </>
      }
      detail={address.open === undefined ? undefined : (
        <EventTrace
          eventRef={address.open}
          tab={address.tab}
          change={change}
          step={opened === undefined ? undefined : step}
        />
      )}
    >
      <div className="row">
        {!live && <TimeRange range={range} change={change} />}
        <FilterBar fields={filterFields} values={address} change={narrow} suggest={suggest} />
      </div>
      {drafted && <DraftLine marks={marks} rows={rows} live={live} leave={leaveDraft} />}
      {looking && <p role="status">Looking for “{address.q}”…</p>}
      {!quiet && address.from !== "all" && (
        <EventCounts read={counts} filters={filters} range={range} values={address} narrow={narrow} words={words} />
      )}
      {live
        ? (
          <TailList
            tail={tail}
            view={view}
            columns={columns}
            open={address.open}
            onOpen={openRow}
            keys={keys}
            toneOf={draftTone(marks)}
          />
        )
        : (
          <EventList
            events={events}
            columns={columns}
            filters={filters}
            words={words}
            open={address.open}
            onOpen={openRow}
            keys={keys}
            toneOf={draftTone(marks)}
            narrow={narrow}
          />
        )}
    </Page>
  )
}
