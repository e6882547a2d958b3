import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import type { Flow } from "../../../../../src/api/web-ui/Flow.ts"
import { counted } from "../../../../../src/rulefile/words.ts"
import { State } from "../../parts/Severity.tsx"
import { durationText, Time } from "../../parts/Time.tsx"
import { rateOf, rateText } from "./flow.ts"
import "./FlowStrip.css"

const Step = ({ children, name, rate, to }: {
  readonly name: string
  readonly rate: number
  readonly to: ReactNode
  readonly children: ReactNode
}) => (
  <li>
    <h3>{name}</h3>
    <p className="flow-rate">{rateText(rate)}</p>
    <p className="quiet-text">{children}</p>
    <p>{to}</p>
  </li>
)

const waitingText = (count: number, thing: string, oldestMs: number, words: string): string =>
  count === 0
    ? `no ${thing} waits`
    : `${counted(count, thing)} ${count === 1 ? "waits" : "wait"}${
      oldestMs < 1_000 ? "" : `, ${words} ${durationText(oldestMs)}`
    }`

const breakers = { closed: undefined, half_open: "tried again", open: "paused" } as const

/** What goes through now, from accepted to delivered, with what waits before each step. */
export const FlowStrip = ({ flow }: { readonly flow: Flow }) => {
  const now = flow.seconds.at(-1)
  if (now === undefined) return <p className="quiet-text">The queue was not read yet.</p>
  const breaker = breakers[now.breaker]
  const failed = rateOf(flow, ["failed"])
  const unreadable = rateOf(flow, ["quarantined"])
  return (
    <div className={flow.unavailable === null ? undefined : "stale"}>
      {flow.unavailable !== null && (
        <p className="stale-note" role="status">
          As of <Time at={flow.as_of} />, trying again. {flow.unavailable}
        </p>
      )}
      <ol className="flow">
        <Step
          name="Accepted"
          rate={rateOf(flow, ["accepted"])}
          to={<Link to="/events" search={{ tail: "1" }}>Watch them arrive</Link>}
        >
          {unreadable === 0 ? "all could be read" : `${rateText(unreadable)} could not be read`}
        </Step>
        <Step
          name="Decided"
          rate={rateOf(flow, ["forwarded", "suppressed", "unmatched"])}
          to={
            <Link to="/events" search={{ outcome: "forwarded" }}>
              {rateText(rateOf(flow, ["forwarded"]))} forwarded
            </Link>
          }
        >
          {waitingText(now.events_waiting, "event", now.oldest_event_ms, "the oldest")}
        </Step>
        <Step
          name="Delivered"
          rate={rateOf(flow, ["delivered"])}
          to={
            <span className="row">
              <Link to="/alerts">Alerts on the way</Link>
              {breaker !== undefined && (
                <State of={`delivery ${breaker}`} tone={now.breaker === "open" ? "err" : "warning"} />
              )}
              {now.breaker === "closed" && now.alerts_waiting > 0 && now.tokens < 1 && (
                <State of="held by the rate limit" tone="warning" />
              )}
            </span>
          }
        >
          {waitingText(now.alerts_waiting, "alert", now.overdue_alert_ms, "overdue by")}
          {failed > 0 && `, ${rateText(failed)} given up`}
        </Step>
      </ol>
    </div>
  )
}
