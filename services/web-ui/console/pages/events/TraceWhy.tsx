import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import type { EventExplanation } from "../../../../../src/api/web-ui/Events.ts"
import { PlainText } from "../../parts/PlainText.tsx"
import { Severity, State } from "../../parts/Severity.tsx"
import { Time } from "../../parts/Time.tsx"
import { AlertSteps } from "./AlertSteps.tsx"
import { eventOf } from "./rawEvent.ts"

const Step = ({ children, title }: { readonly title: string; readonly children: ReactNode }) => (
  <li className="trace-step">
    <h3>{title}</h3>
    <div className="stack tight">{children}</div>
  </li>
)

type Rule = NonNullable<NonNullable<EventExplanation["rules"]>["decided_by"]>

const RuleLink = ({ of: { name, rule_id } }: { readonly of: Pick<Rule, "name" | "rule_id"> }) => (
  <Link to="/rules" search={{ open: String(rule_id) }}>{name}</Link>
)

const RuleReasons = ({ rules, title }: { readonly title: string; readonly rules: ReadonlyArray<Rule> }) =>
  rules.length === 0 ? null : (
    <details>
      <summary>{title}</summary>
      <ul className="reasons">
        {rules.map((rule) => (
          <li key={rule.rule_id}>
            <RuleLink of={rule} /> <span className="quiet-text">priority {rule.priority}:</span> {rule.why}
          </li>
        ))}
      </ul>
    </details>
  )

const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`

/** What became of an event, step by step, each with its reason. */
export const TraceWhy = ({ explained }: { readonly explained: EventExplanation }) => {
  const { alert, event, rules, silence } = explained
  const read = eventOf(event.raw_message)
  const decider = rules?.decided_by ?? null
  const recordedMs = Date.parse(event.recorded_at) - Date.parse(event.received_at)
  return (
    <ol className="trace">
      <Step title="It came">
        <p>
          <Time at={event.received_at} /> {read === undefined ? "" : `by ${read.source} from `}
          {read !== undefined && <PlainText>{read.sender}</PlainText>}
          {read?.sourceIp !== undefined && (
            <>
              {" "}at <PlainText>{read.sourceIp}</PlainText>
            </>
          )}
        </p>
        {read?.decode !== undefined && (
          <p>Read in part only: {read.decode.map((note) => note.replaceAll("_", " ")).join(", ")}.</p>
        )}
        <p>
          <Severity of={event.severity} /> <PlainText>{event.hostname}</PlainText>
          <span className="quiet-text">; its own clock said</span> <Time at={event.event_timestamp} />
        </p>
        {read !== undefined && (
          <pre className="raw-text short"><PlainText>{(read.tag ?? "") + read.message.slice(0, 600)}</PlainText></pre>
        )}
      </Step>
      <Step title="It was decided">
        <p className="row">
          <State of={event.outcome} />
          {event.handling_decision !== null && <span>{event.handling_decision.replaceAll("_", " ")}</span>}
          <span className="quiet-text">{Math.max(0, recordedMs).toLocaleString("en")} ms after it came</span>
        </p>
        <p>{event.reason}</p>
        {event.matched_rule_id !== null && (
          <p>
            <RuleLink of={decider ?? { name: `rule ${event.matched_rule_id}`, rule_id: event.matched_rule_id }} />
            {decider !== null && <span className="quiet-text">, priority {decider.priority}</span>}
          </p>
        )}
        {rules === null
          ? <p className="quiet-text">The rules of then are not known any more.</p>
          : (
            <>
              <RuleReasons
                title={decider === null
                  ? `Why ${many(rules.before.length, "active rule")} did not match`
                  : `Why ${many(rules.before.length, "rule")} before it did not decide`}
                rules={rules.before}
              />
              <RuleReasons
                title={`${many(rules.also_match.length, "rule")} after it would have matched too`}
                rules={rules.also_match}
              />
              <p className="quiet-text">
                <Link to="/rules" search={{ view: "versions", version: String(rules.version) }}>
                  Version {rules.version} of the rules
                </Link>
                {rules.in_force ? ", in force now" : ", not in force any more"}.
                {rules.omitted > 0 && ` ${many(rules.omitted, "rule")} were not looked at.`}
              </p>
            </>
          )}
      </Step>
      <Step title="Team and environment">
        <p>
          <strong>{event.team_assignment}</strong>, {event.environment}.{" "}
          <Link to="/hosts" search={{ open: event.hostname }}>Why, by the host’s patterns of today</Link>
        </p>
      </Step>
      {silence !== null && (
        <Step title="A silence held it back">
          <p>
            <Link to="/silences" search={{ open: String(silence.id) }}>Silence {silence.id}</Link>
            {silence.occurrence !== null &&
              `, in its time of ${silence.occurrence} (${silence.zone ?? "zone unknown"})`}
            {silence.created_by !== null && `, by ${silence.created_by}`}
          </p>
          {silence.comment === null
            ? <p className="quiet-text">It is not kept any more.</p>
            : <p>{silence.comment}</p>}
        </Step>
      )}
      <AlertSteps alert={alert} event={event} />
    </ol>
  )
}
