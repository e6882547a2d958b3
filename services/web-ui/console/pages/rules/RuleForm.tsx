import { type ReactNode, useId } from "react"
import { Handling, MatchType } from "../../../../../src/domain/Rule.ts"
import { severityNames } from "../../../../../src/domain/Severity.ts"
import type { FieldError } from "../../../../../src/logic/fieldErrors.ts"
import type { RuleForm as RuleFormType } from "./ruleForm.ts"

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly errors: ReadonlyArray<FieldError>
  readonly children: (props: {
    readonly id: string
    readonly "aria-invalid": boolean
    readonly "aria-describedby": string
  }) => ReactNode
}

/** A control with its label, and what is wrong with it. */
const Field = ({ children, errors, hint, label, name }: FieldProps) => {
  const id = useId()
  const wrong = errors.filter(({ field }) => field === name)
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-invalid": wrong.length > 0, "aria-describedby": `${id}-says` })}
      <div id={`${id}-says`} className={wrong.length > 0 ? "error" : "quiet-text"}>
        {wrong.length > 0 ? wrong.map(({ message }) => <p key={message} role="alert">{message}</p>) : hint}
      </div>
    </div>
  )
}

const matchTypes: Readonly<Record<MatchType, string>> = {
  contains: "contains a text",
  regex: "matches a pattern",
  exact: "is exactly a text",
  oid_prefix: "trap OID is this or below"
}

/** The choices of a schema, typed as it has them. */
function Select<A extends string>({ choose, labels, options, value, ...props }: {
  readonly id: string
  readonly value: A
  readonly options: ReadonlyArray<A>
  readonly labels?: Readonly<Record<A, string>>
  readonly choose: (value: A) => void
}) {
  return (
    <select
      {...props}
      value={value}
      onChange={(event) => {
        const chosen = options.find((option) => option === event.target.value)
        if (chosen !== undefined) choose(chosen)
      }}
    >
      {options.map((option) => <option key={option} value={option}>{labels?.[option] ?? words(option)}</option>)}
    </select>
  )
}

const words = (text: string): string => text.replaceAll("_", " ")

/** A rule as a form. */
export const RuleForm = ({ errors, form, set, teams }: {
  readonly form: RuleFormType
  readonly set: (form: RuleFormType) => void
  readonly errors: ReadonlyArray<FieldError>
  /** Names to offer. */
  readonly teams: ReadonlyArray<string>
}) => {
  const teamList = useId()
  const change = (parts: Partial<RuleFormType>) => set({ ...form, ...parts })
  const byOid = form.match_type === "oid_prefix"
  return (
    <div className="rule-form">
      <Field name="match_type" label="An event matches when its message" errors={errors}>
        {(props) => (
          <Select
            {...props}
            value={form.match_type}
            options={MatchType.literals}
            labels={matchTypes}
            choose={(match_type) => change({ match_type })}
          />
        )}
      </Field>
      {byOid
        ? (
          <Field
            name="trap_oid"
            label="Trap OID"
            hint="Whole arcs: 1.3.6.1.4.1.9 is not 1.3.6.1.4.1.91."
            errors={errors}
          >
            {(props) => (
              <input
                {...props}
                className="mono"
                maxLength={255}
                value={form.trap_oid}
                onChange={(event) => change({ trap_oid: event.target.value })}
              />
            )}
          </Field>
        )
        : (
          <Field
            name="match_string"
            label={form.match_type === "regex" ? "Pattern" : "Text"}
            hint="Upper and lower case are the same."
            errors={errors}
          >
            {(props) => (
              <textarea
                {...props}
                className="mono"
                rows={2}
                maxLength={1_024}
                spellCheck={false}
                value={form.match_string}
                onChange={(event) => change({ match_string: event.target.value })}
              />
            )}
          </Field>
        )}
      <div className="rule-form-pair">
        <Field name="syslog_severity" label="Severity" errors={errors}>
          {(props) => (
            <select
              {...props}
              value={form.syslog_severity}
              onChange={(event) => change({ syslog_severity: event.target.value })}
            >
              <option value="">any</option>
              {severityNames.map((name, at) => <option key={name} value={String(at)}>only {name}</option>)}
            </select>
          )}
        </Field>
        <Field name="priority" label="Priority" hint="The lowest that matches decides." errors={errors}>
          {(props) => (
            <input
              {...props}
              inputMode="numeric"
              maxLength={7}
              value={form.priority}
              onChange={(event) => change({ priority: event.target.value })}
            />
          )}
        </Field>
        <Field name="prod_handling" label="On production hosts" errors={errors}>
          {(props) => (
            <Select
              {...props}
              value={form.prod_handling}
              options={Handling.literals}
              choose={(prod_handling) => change({ prod_handling })}
            />
          )}
        </Field>
        <Field name="dev_handling" label="On development hosts" errors={errors}>
          {(props) => (
            <Select
              {...props}
              value={form.dev_handling}
              options={Handling.literals}
              choose={(dev_handling) => change({ dev_handling })}
            />
          )}
        </Field>
        <Field name="team_assignment" label="Team" errors={errors}>
          {(props) => (
            <>
              <input
                {...props}
                list={teamList}
                maxLength={100}
                value={form.team_assignment}
                onChange={(event) => change({ team_assignment: event.target.value })}
              />
              <datalist id={teamList}>{teams.map((team) => <option key={team} value={team} />)}</datalist>
            </>
          )}
        </Field>
        <Field name="name" label="Name" hint="Empty: rule and its number." errors={errors}>
          {(props) => (
            <input
              {...props}
              maxLength={64}
              spellCheck={false}
              value={form.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
      </div>
      <label className="row">
        <input
          type="checkbox"
          checked={form.is_active}
          onChange={(event) => change({ is_active: event.target.checked })}
        />
        The rule is on
      </label>
    </div>
  )
}
