import { type FormEvent, useEffect, useState } from "react"
import { TimeInput } from "../../parts/TimeInput.tsx"
import type { Narrowing } from "./letters.ts"

interface Fields {
  readonly reason: string
  readonly host: string
  readonly text: string
  readonly from: string
  readonly to: string
}

const fieldsOf = ({ from = "", host = "", reason = "", text = "", to = "" }: Narrowing): Fields => ({
  reason,
  host,
  text,
  from,
  to
})

const given = (text: string): string | undefined => text.trim() === "" ? undefined : text.trim()

/** Which dead letters are meant. What is typed counts once it is sent, as each search looks at thousands. */
export const FilterBar = ({ filter, reasons, set }: {
  readonly filter: Narrowing
  /** Those that there are. */
  readonly reasons: ReadonlyArray<string>
  readonly set: (filter: { readonly [K in keyof Fields]: string | undefined }) => void
}) => {
  const [typed, setTyped] = useState(() => fieldsOf(filter))
  const now = JSON.stringify(fieldsOf(filter))
  useEffect(() => setTyped(fieldsOf(filter)), [now])
  const take = (parts: Partial<Fields>) => setTyped({ ...typed, ...parts })
  const apply = (fields: Fields) =>
    set({
      reason: given(fields.reason),
      host: given(fields.host),
      text: given(fields.text),
      from: given(fields.from),
      to: given(fields.to)
    })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    apply(typed)
  }
  return (
    <form className="letter-filter row" onSubmit={submit} role="search" aria-label="Dead letters">
      <label className="field">
        Reason
        <select value={typed.reason} onChange={(event) => apply({ ...typed, reason: event.target.value })}>
          <option value="">any</option>
          {[...new Set([...reasons, ...(typed.reason === "" ? [] : [typed.reason])])].map((reason) => (
            <option key={reason} value={reason}>{reason.replaceAll("_", " ")}</option>
          ))}
        </select>
      </label>
      <label className="field">
        Host
        <input maxLength={255} value={typed.host} onChange={(event) => take({ host: event.target.value })} />
      </label>
      <label className="field">
        Text
        <input maxLength={200} value={typed.text} onChange={(event) => take({ text: event.target.value })} />
      </label>
      <details open={typed.from !== "" || typed.to !== "" || undefined}>
        <summary>Time</summary>
        <div className="row">
          <TimeInput label="From" value={typed.from} set={(from) => take({ from })} />
          <TimeInput label="Before" value={typed.to} set={(to) => take({ to })} />
        </div>
      </details>
      <button type="submit">Find</button>
      {Object.values(fieldsOf(filter)).some((value) => value !== "") && (
        <button
          type="button"
          className="quiet"
          onClick={() => apply(fieldsOf({}))}
        >
          Show all
        </button>
      )}
    </form>
  )
}
