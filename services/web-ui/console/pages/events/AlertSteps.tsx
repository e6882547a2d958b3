import { Link } from "@tanstack/react-router"
import type { EventExplanation } from "../../../../../src/api/web-ui/Events.ts"
import { Attempts } from "../../parts/Attempts.tsx"
import { State } from "../../parts/Severity.tsx"
import { Time } from "../../parts/Time.tsx"

/** What is still to come changes by itself. */
export const isOnItsWay = (alert: EventExplanation["alert"]): boolean =>
  alert !== null && ["waiting", "sending", "behind"].includes(alert.state)

/** Each try of an alert, and how it ended. */
export const AlertSteps = ({ alert, event }: Pick<EventExplanation, "alert" | "event">) => (
  <li className="trace-step">
    <h3>Its alert</h3>
    {alert === null
      ? <p>No alert was made of it.</p>
      : (
        <div className="stack tight">
          <p className="row">
            <State of={alert.state} tone={tones[alert.state] ?? "plain"} />
            <Link to="/alerts" search={{ open: event.id }}>The alert</Link>
          </p>
          <Attempts of={alert.attempts} />
          <AlertEnd alert={alert} event={event} />
        </div>
      )}
  </li>
)

const tones: Readonly<Record<string, "well" | "warning" | "err">> = {
  delivered: "well",
  dead: "err",
  behind: "warning"
}

const AlertEnd = ({ alert, event }: {
  readonly alert: NonNullable<EventExplanation["alert"]>
  readonly event: EventExplanation["event"]
}) => {
  switch (alert.state) {
    case "delivered":
      return (
        <p>
          Delivered <Time at={alert.delivered_at} /> at try {alert.tries}
          {alert.ms !== null && `, ${alert.ms.toLocaleString("en")} ms after the event came`}.
        </p>
      )
    case "waiting":
      return (
        <p>
          It may be sent from <Time at={alert.due_at} /> on.
        </p>
      )
    case "sending":
      return <p>It is being sent now.</p>
    case "behind":
      return (
        <p>
          It waits behind another alert of{" "}
          <Link to="/alerts" search={{ signature: alert.behind ?? undefined }}>its signature</Link>.
        </p>
      )
    case "dead":
      return (
        <p>
          It is a <Link to="/dead-letters" search={{ queue: "alerts", host: event.hostname }}>dead letter</Link>{" "}
          and goes no further by itself.
        </p>
      )
    case "gone":
      return <p>Nothing is known of it: it was discarded, or delivered before deliveries were recorded.</p>
  }
}
