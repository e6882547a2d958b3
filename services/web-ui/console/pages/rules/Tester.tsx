import { type RefObject, useId } from "react"
import { severityNames } from "../../../../../src/domain/Severity.ts"
import { PlainText } from "../../parts/PlainText.tsx"
import { State } from "../../parts/Severity.tsx"
import type { Trial } from "../../workers/RuleTrial.ts"
import type { Typed } from "./typed.ts"
import type { Tried } from "./useTrial.ts"

/** What a line of syslog begins with. */
const priority = /^<\d{1,3}>/

/** An event typed or taken from the record, and what becomes of it by the rule as it stands in the form. */
export const Tester = ({ field, set, tried, typed }: {
  readonly typed: Typed
  readonly set: (typed: Typed) => void
  readonly tried: Tried
  /** Where the message is typed. */
  readonly field: RefObject<HTMLTextAreaElement | null>
}) => {
  const id = useId()
  const change = (parts: Partial<Typed>) => set({ ...typed, ...parts })
  return (
    <section className="tester" aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>Test</h3>
      <div className="field">
        <label htmlFor={`${id}-message`}>{typed.as === "line" ? "Line as a device sends it" : "Message"}</label>
        <textarea
          id={`${id}-message`}
          ref={field}
          className="mono"
          rows={2}
          maxLength={65_536}
          spellCheck={false}
          value={typed.message}
          onChange={({ target: { value } }) =>
            change({ message: value, ...(priority.test(value) ? { as: "line" } : {}) })}
        />
      </div>
      <div className="row">
        <label className="field">
          Host
          <input maxLength={255} value={typed.host} onChange={(event) => change({ host: event.target.value })} />
        </label>
        {typed.as === "fields" && (
          <>
            <label className="field">
              Tag
              <input maxLength={255} value={typed.tag} onChange={(event) => change({ tag: event.target.value })} />
            </label>
            <label className="field">
              Severity
              <select value={typed.severity} onChange={(event) => change({ severity: event.target.value })}>
                <option value="">not said</option>
                {severityNames.map((name, at) => <option key={name} value={String(at)}>{name}</option>)}
              </select>
            </label>
            <label className="field">
              Trap OID
              <input maxLength={255} value={typed.oid} onChange={(event) => change({ oid: event.target.value })} />
            </label>
          </>
        )}
        <label className="row">
          <input
            type="checkbox"
            checked={typed.as === "line"}
            onChange={(event) => change({ as: event.target.checked ? "line" : "fields" })}
          />
          It is a whole line of syslog
        </label>
      </div>
      <div role="status" aria-live="polite" className="stack tester-says">
        <Says tried={tried} />
      </div>
    </section>
  )
}

const Says = ({ tried }: { readonly tried: Tried }) => {
  switch (tried.is) {
    case "waiting":
      return <p className="quiet-text">Type a message, and see what the rules make of it.</p>
    case "refused":
      return <p>This can't be read. {tried.detail}</p>
    case "saved":
      return <p>By the saved rules, without what you typed: {tried.sentence}</p>
    case "tried":
      return <Verdict trial={tried.trial} />
  }
}

/** What of the rule in the form, in a sentence. */
export const ofDraft = ({ draft }: Trial): string | undefined => {
  if (draft === undefined) return undefined
  if (draft === "decides") return "This rule decides."
  return "problem" in draft
    ? `This rule can't be used. ${draft.problem}`
    : `This rule does not decide: ${draft.against}`
}

const Verdict = ({ trial }: { readonly trial: Trial }) => {
  const { also, alsoOmitted, decision, draft, rule, saw } = trial
  return (
    <>
      <p className="row">
        <State of={decision.outcome} />
        <strong>{ofDraft(trial)}</strong>
      </p>
      <p>
        {draft !== "decides" && rule !== undefined && `Rule ${rule.name} (priority ${rule.priority}) decides. `}
        {decision.reason} Team {decision.team}, {decision.environment} host.
      </p>
      {also.length > 0 && (
        <p className="quiet-text">
          {draft === "decides" ? "Without it: " : "Match too: "}
          {also.map(({ name }) => name).join(", ")}
          {alsoOmitted > 0 && ` and ${alsoOmitted} more`}
        </p>
      )}
      {saw.tag !== undefined && (
        <p className="quiet-text">
          Read as tag <PlainText>{saw.tag}</PlainText> and message <PlainText>{saw.message.slice(0, 300)}</PlainText>
        </p>
      )}
    </>
  )
}
