import { useId } from "react"
import { keep, kept } from "../api/kept.ts"

const place = "reasons"
const most = 8

const known = (): ReadonlyArray<string> => (kept(place) ?? "").split("\n").filter((reason) => reason !== "")

/** Offers this reason the next time. */
export const rememberReason = (reason: string): void => {
  const text = reason.trim().replaceAll("\n", " ")
  if (text !== "") keep(place, [text, ...known().filter((one) => one !== text)].slice(0, most).join("\n"))
}

/** Why a change is made, as the record will keep it. The last reasons are offered. */
export const Reason = ({ required = false, set, value }: {
  readonly value: string
  readonly set: (value: string) => void
  readonly required?: boolean
}) => {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>Reason{required ? "" : " (optional)"}</label>
      <input
        id={id}
        list={`${id}-last`}
        maxLength={500}
        required={required}
        value={value}
        onChange={(event) => set(event.target.value)}
      />
      <datalist id={`${id}-last`}>{known().map((reason) => <option key={reason} value={reason} />)}</datalist>
    </div>
  )
}
