import type { EventFilters } from "../../../../../src/api/web-ui/EventLists.ts"
import { severityNames } from "../../../../../src/domain/Severity.ts"
import { now } from "../../api/clock.ts"
import { useKept } from "../../api/kept.ts"
import { useAsk } from "../../api/query.ts"
import { Bars } from "../../parts/Bars.tsx"
import { withValue } from "../../parts/filterFields.ts"
import { PlainText } from "../../parts/PlainText.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { timeText, useZone } from "../../parts/Time.tsx"
import { facetFields, filterFields, type FilterName } from "./eventFilters.ts"
import { spanAt } from "./timeRange.ts"

interface EventCountsProps {
  readonly filters: EventFilters
  readonly range: { readonly from?: string | undefined; readonly to?: string | undefined }
  readonly values: { readonly [Name in FilterName]?: string | undefined }
  readonly narrow: (parts: Readonly<Record<string, string | undefined>>) => void
  /** `in the last hour`. */
  readonly words: string
}

const count = (number: number): string => number.toLocaleString("en")
/** Values of a facet that are offered. */
const shown = 6

/** Asked for apart from the list, which need not wait for it. */
export const useCounts = ({ filters, range }: Pick<EventCountsProps, "filters" | "range">, enabled: boolean) =>
  useAsk(
    ["events", "counts", filters, range],
    (api) => api.eventLists.counts({ query: { ...filters, ...spanAt(range, now()) } }),
    { enabled, keep: true }
  )

/** When the events came, and what they have in common. Dragging over the bars chooses their time. */
export const EventCounts = ({ narrow, read, values, words }: EventCountsProps & {
  readonly read: ReturnType<typeof useCounts>
}) => {
  const [zone] = useZone()
  const [facetsOpen, setFacetsOpen] = useKept("events.facets", "closed")
  return (
    <Stale read={read} lines={4}>
      {({ buckets, exact, facets }) => {
        const sums = buckets.reduce(
          (sum, { forwarded, suppressed, unmatched }) => ({
            forwarded: sum.forwarded + forwarded,
            suppressed: sum.suppressed + suppressed,
            unmatched: sum.unmatched + unmatched
          }),
          { forwarded: 0, suppressed: 0, unmatched: 0 }
        )
        const total = sums.forwarded + sums.suppressed + sums.unmatched
        const end = (key: string) => buckets[buckets.findIndex(({ at }) => at === key) + 1]?.at
        return (
          <>
            <Bars
              bars={buckets.map(({ at, forwarded, suppressed, unmatched }) => ({
                key: at,
                label: timeText(at, zone),
                value: forwarded + suppressed + unmatched
              }))}
              caption="Events by the time they came"
              unit="events"
              onRange={(first, last) => narrow({ from: first, to: end(last) })}
              summary={`${exact ? "" : "About "}${count(total)} ${total === 1 ? "event" : "events"} ${words}: ${
                count(sums.forwarded)
              } forwarded, ${count(sums.suppressed)} suppressed, ${count(sums.unmatched)} unmatched.${
                exact ? "" : " Counted from a sample."
              }`}
            />
            <details
              className="facets"
              open={facetsOpen === "open"}
              onToggle={({ currentTarget }) => setFacetsOpen(currentTarget.open ? "open" : "closed")}
            >
              <summary>What they have in common</summary>
              <div className="facet-list">
                {facetFields.map(({ facet, key, title }) => {
                  const field = filterFields.find((one) => one.key === key)
                  if (field === undefined || facets[facet].length === 0) return null
                  return (
                    <div key={key}>
                      <h2>{title}</h2>
                      <ul>
                        {facets[facet].slice(0, shown).map(([value, number]) => (
                          <li key={value}>
                            <button
                              type="button"
                              className="quiet"
                              onClick={() => narrow({ [key]: withValue(field, values[key], value) })}
                            >
                              <PlainText>{key === "sev" ? severityNames[Number(value)] ?? value : value}</PlainText>
                            </button>
                            <span className="quiet-text">{count(number)}</span>
                          </li>
                        ))}
                      </ul>
                    </div>
                  )
                })}
              </div>
            </details>
          </>
        )
      }}
    </Stale>
  )
}
