import { Link } from "@tanstack/react-router"
import type { EventExplanation } from "../../../../../src/api/web-ui/Events.ts"
import type { Event } from "../../../../../src/domain/Event.ts"
import { useAsk } from "../../api/query.ts"
import { Stale } from "../../parts/Stale.tsx"
import { eventOf, trialOf } from "./rawEvent.ts"
import { compareDecisions } from "./thenAndNow.ts"

/** The same event by the rules of today. */
export const TraceNow = ({ explained }: { readonly explained: EventExplanation }) => {
  const event = eventOf(explained.event.raw_message)
  return event === undefined
    ? <p>This event was written by another release, and can’t be held against the rules.</p>
    : <ByRulesOfToday explained={explained} event={event} />
}

const ByRulesOfToday = ({ event, explained }: { readonly explained: EventExplanation; readonly event: Event }) => {
  const read = useAsk(["rules", "test", explained.event.id], (api) => api.rules.test({ payload: trialOf(event) }))
  return (
    <Stale read={read} lines={6}>
      {(verdict) => {
        const compared = compareDecisions(explained, verdict)
        const differ = compared.filter(({ differs }) => differs)
        return (
          <div className="stack">
            <p>
              {differ.length === 0
                ? "Today’s rules say the same."
                : `Today’s rules say something else: ${differ.map(({ part }) => part.toLowerCase()).join(", ")}.`}{" "}
              <span className="quiet-text">Silences are not looked at.</span>
            </p>
            <table className="compared">
              <caption className="visually-hidden">The decision of then beside that of today’s rules</caption>
              <thead>
                <tr>
                  <td />
                  <th scope="col">Then</th>
                  <th scope="col">Now</th>
                </tr>
              </thead>
              <tbody>
                {compared.map(({ differs, is, part, was }) => (
                  <tr key={part} className={differs ? "differs" : undefined}>
                    <th scope="row">{part}</th>
                    <td>{was}</td>
                    <td>
                      {differs && <span aria-hidden="true">≠</span>} {is}
                      {differs && <span className="visually-hidden">, differs</span>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <p>{verdict.reason}</p>
            {verdict.rule !== null && (
              <p>
                <Link to="/rules" search={{ open: String(verdict.rule.id) }}>{verdict.rule.name}</Link>
              </p>
            )}
            {verdict.others.length > 0 && (
              <details>
                <summary>Why the other rules do not decide ({verdict.others.length + verdict.others_omitted})</summary>
                <ul className="reasons">
                  {verdict.others.map(({ priority, rule_id, why }) => (
                    <li key={rule_id}>
                      <Link to="/rules" search={{ open: String(rule_id) }}>Rule {rule_id}</Link>{" "}
                      <span className="quiet-text">priority {priority}:</span> {why}
                    </li>
                  ))}
                </ul>
                {verdict.others_omitted > 0 && (
                  <p className="quiet-text">{verdict.others_omitted} more are not shown.</p>
                )}
              </details>
            )}
          </div>
        )
      }}
    </Stale>
  )
}
