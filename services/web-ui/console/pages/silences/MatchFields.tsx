import { useId } from "react"
import { severityNames } from "../../../../../src/domain/Severity.ts"
import type { Form } from "./form.ts"

interface Fields {
  readonly form: Form
  readonly set: (parts: Partial<Form>) => void
}

/** What a silence is about: hosts first, and what few need behind a fold. */
export const MatchFields = ({ form, set }: Fields) => {
  const id = useId()
  const narrowed =
    [form.rules, form.teams, form.environment, form.severity, form.message].some((text) => text !== "") ||
    form.everything
  return (
    <>
      <div className="field" data-field="hosts">
        <label htmlFor={`${id}-hosts`}>Hosts</label>
        <input
          id={`${id}-hosts`}
          aria-describedby={`${id}-note`}
          autoComplete="off"
          maxLength={20_000}
          value={form.hosts}
          onChange={(event) => set({ hosts: event.target.value })}
        />
        <p id={`${id}-note`} className="quiet-text">Names, or patterns such as sw1*, with blanks between.</p>
      </div>
      <details open={narrowed || undefined}>
        <summary>Rules, teams, severity, message</summary>
        <div className="stack silence-more">
          <Words label="Rules, with commas between" value={form.rules} set={(rules) => set({ rules })} />
          <Words label="Teams, with commas between" value={form.teams} set={(teams) => set({ teams })} />
          <div className="row">
            <label className="field">
              Environment
              <select value={form.environment} onChange={(event) => set({ environment: event.target.value })}>
                <option value="">any</option>
                <option>prod</option>
                <option>dev</option>
              </select>
            </label>
            <label className="field">
              Severity
              <select value={form.severity} onChange={(event) => set({ severity: event.target.value })}>
                <option value="">any</option>
                {severityNames.map((name, severity) => (
                  <option key={name} value={severity}>{name} and less severe</option>
                ))}
              </select>
            </label>
          </div>
          <Words label="Text in the message" value={form.message} set={(message) => set({ message })} />
          <label className="row">
            <input
              type="checkbox"
              checked={form.pattern}
              onChange={(event) => set({ pattern: event.target.checked })}
            />
            The text is a pattern
          </label>
          <label className="row">
            <input
              type="checkbox"
              checked={form.everything}
              onChange={(event) => set({ everything: event.target.checked })}
            />
            All hosts, rules and teams; needs admin
          </label>
        </div>
      </details>
    </>
  )
}

const Words = ({ label, set, value }: {
  readonly label: string
  readonly value: string
  readonly set: (value: string) => void
}) => (
  <label className="field">
    {label}
    <input autoComplete="off" maxLength={10_000} value={value} onChange={(event) => set(event.target.value)} />
  </label>
)
