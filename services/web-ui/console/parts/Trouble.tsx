import type { Trouble as TroubleType } from "../api/problems.ts"
import "./Trouble.css"

/** What went wrong, what to quote when asking for help, and a way to try again. */
export const Trouble = ({ again, of }: { readonly of: TroubleType; readonly again?: (() => void) | undefined }) => (
  <div className="trouble" role="alert">
    <p>{of.detail}</p>
    {of.fields.length > 0 && (
      <ul>
        {of.fields.map(({ field, message }) => (
          <li key={field + message}>
            <code>{field}</code> {message}
          </li>
        ))}
      </ul>
    )}
    <p className="row">
      {again !== undefined && <button type="button" onClick={again}>Try again</button>}
      {of.correlationId !== undefined && (
        <span className="quiet-text">
          In the log as <code>{of.correlationId}</code>
        </span>
      )}
    </p>
  </div>
)
