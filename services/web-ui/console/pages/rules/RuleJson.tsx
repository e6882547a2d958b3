import { useId } from "react"
import type { FieldError } from "../../../../../src/logic/fieldErrors.ts"

/** A rule as the API takes it. */
export const RuleJson = ({ errors, set, text }: {
  readonly text: string
  readonly set: (text: string) => void
  readonly errors: ReadonlyArray<FieldError>
}) => {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>Rule as JSON</label>
      <textarea
        id={id}
        className="mono"
        rows={14}
        maxLength={16_384}
        spellCheck={false}
        aria-invalid={errors.length > 0}
        aria-describedby={`${id}-wrong`}
        value={text}
        onChange={(event) => set(event.target.value)}
      />
      <div id={`${id}-wrong`} role="status" className={errors.length > 0 ? "error" : "quiet-text"}>
        {errors.length === 0 ?
          "It can be read as a rule." :
          errors.map(({ field, message }) => (
            <p key={field + message}>{field !== "" && <code>{field}</code>} {message}</p>
          ))}
      </div>
    </div>
  )
}
