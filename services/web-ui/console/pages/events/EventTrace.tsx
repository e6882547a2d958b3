import { Link } from "@tanstack/react-router"
import { useEffect, useRef } from "react"
import { useTold } from "../../api/Feed.ts"
import { useAsk } from "../../api/query.ts"
import { Stale } from "../../parts/Stale.tsx"
import { Tabs } from "../../parts/Tabs.tsx"
import { Detail } from "../../shell/Page.tsx"
import { isOnItsWay } from "./AlertSteps.tsx"
import { eventsOf, ruleFrom, silenceFor } from "./links.ts"
import { TraceNow } from "./TraceNow.tsx"
import { TraceRaw } from "./TraceRaw.tsx"
import { TraceWhy } from "./TraceWhy.tsx"
import "./trace.css"

const tabs = [
  { key: "why", title: "Why" },
  { key: "raw", title: "As it came" },
  { key: "now", title: "By today’s rules" }
] as const

/** One event: how it came, why it was decided so, and what became of it. */
export const EventTrace = ({ change, eventRef, step, tab }: {
  readonly eventRef: string
  readonly tab: string | undefined
  readonly change: (parts: { readonly open?: string | undefined; readonly tab?: string | undefined }) => void
  /** Goes to the event so many rows further; absent when it is in no list. */
  readonly step: ((by: number) => void) | undefined
}) => {
  const read = useAsk(["explain", eventRef], (api) => api.events.explain({ params: { ref: eventRef } }))
  const told = useTold("alerts")
  const moving = isOnItsWay(read.data?.alert ?? null)
  const first = useRef(told?.at)
  useEffect(() => {
    if (moving && told?.at !== first.current) void read.refetch()
    first.current = told?.at
  }, [told?.at, moving])
  const shown = tabs.find(({ key }) => key === tab)?.key ?? "why"
  return (
    <Detail title="Event" close={() => change({ open: undefined, tab: undefined })}>
      <div className="row">
        {step !== undefined && (
          <>
            <button type="button" onClick={() => step(-1)}>
              Above <kbd>[</kbd>
            </button>
            <button type="button" onClick={() => step(1)}>
              Below <kbd>]</kbd>
            </button>
          </>
        )}
        <Link className="button" {...ruleFrom(eventRef)}>Make a rule from it</Link>
        {read.data !== undefined && (
          <>
            <Link className="button" {...silenceFor(read.data.event.hostname)}>Silence its host</Link>
            <Link {...eventsOf(read.data.event.hostname)}>All of its host</Link>
          </>
        )}
      </div>
      <Tabs
        label="Of the event"
        tabs={tabs}
        chosen={shown}
        choose={(key) => change({ tab: key === "why" ? undefined : key })}
      />
      <Stale read={read} lines={12}>
        {(explained) => {
          switch (shown) {
            case "why":
              return <TraceWhy explained={explained} />
            case "raw":
              return <TraceRaw explained={explained} />
            case "now":
              return <TraceNow explained={explained} />
          }
        }}
      </Stale>
    </Detail>
  )
}
