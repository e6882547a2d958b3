import { Link } from "@tanstack/react-router"
import type { AlertDetail as Alert } from "../../../../../src/api/web-ui/Alerts.ts"
import { useAsk } from "../../api/query.ts"
import { Attempts } from "../../parts/Attempts.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Severity, State } from "../../parts/Severity.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { Detail } from "../../shell/Page.tsx"
import { canRetry, stateWords, toneOf, words } from "./alertFilters.ts"
import { takenText } from "./columns.tsx"
import { RetryNow } from "./RetryNow.tsx"

/** What happens next, in one sentence. */
const Next = ({ of: { delivered_at, ms, next_at, state, tries } }: { readonly of: Alert }) => {
  switch (state) {
    case "delivered":
      return (
        <p>
          Delivered <Time at={delivered_at} /> at try {tries}
          {ms !== null && `, ${takenText(ms)} after its event came`}.
        </p>
      )
    case "parked":
      return (
        <p>
          It is tried again <Time at={next_at} ago />, at <Time at={next_at} />.
        </p>
      )
    case "claimed":
      return (
        <p>
          It is being sent; without an answer it is given up at <Time at={next_at} />.
        </p>
      )
    case "waiting":
      return next_at === null
        ? <p>It waits behind another alert of its signature.</p>
        : (
          <p>
            It waits for its turn, and may be sent from <Time at={next_at} /> on.
          </p>
        )
    case "dead":
      return (
        <p>
          It goes no further by itself. <Link to="/dead-letters" search={{ queue: "alerts" }}>Replay dead letters</Link>
        </p>
      )
  }
}

/** One alert: what it is about, each try, and what comes next. */
export const AlertDetail = ({ close, id }: { readonly id: string; readonly close: () => void }) => {
  const read = useAsk(["alerts", "one", id], (api) => api.alerts.byId({ params: { id } }), { every: 5_000 })
  return (
    <Detail title="Alert" close={close}>
      <Stale read={read} lines={10}>
        {(alert) => (
          <div className="stack">
            <p className="row">
              <State of={stateWords(alert.state)} tone={toneOf(alert.state)} />
              <Severity of={alert.severity} />
              {alert.hostname !== null && <PlainText>{alert.hostname}</PlainText>}
            </p>
            <Next of={alert} />
            <p className="row">
              {canRetry(alert) && <RetryNow title="Try now" chosen={{ ids: [id] }} count={1} />}
              <Link className="button" to="/events" search={{ open: id }}>Why it was raised</Link>
              {alert.hostname !== null && (
                <Link className="button" to="/silences" search={{ new: alert.hostname }}>Silence its host</Link>
              )}
            </p>
            {alert.attempts.length > 0 && (
              <section className="stack">
                <h3>Tries that failed</h3>
                <Attempts of={alert.attempts} />
              </section>
            )}
            <dl className="facts">
              <dt>Signature</dt>
              <dd>
                {alert.signature === null ? "not known" : (
                  <Link to="/alerts" search={{ signature: alert.signature }}>
                    <PlainText>{alert.signature}</PlainText>
                  </Link>
                )}
              </dd>
              <dt>Team</dt>
              <dd>{alert.team ?? "not known"}</dd>
              <dt>Handling</dt>
              <dd>{alert.handling === null ? "not known" : words(alert.handling)}</dd>
              <dt>Rule</dt>
              <dd>
                {alert.rule_id === null
                  ? "none: enough events of one kind that no rule wanted"
                  : <Link to="/rules" search={{ open: String(alert.rule_id) }}>Rule {alert.rule_id}</Link>}
              </dd>
              <dt>Decided</dt>
              <dd>
                <Time at={alert.decided_at} />
              </dd>
              <dt>Tries</dt>
              <dd>{alert.tries}</dd>
              <dt>Event</dt>
              <dd>
                <code>{alert.id}</code>
              </dd>
            </dl>
          </div>
        )}
      </Stale>
    </Detail>
  )
}
