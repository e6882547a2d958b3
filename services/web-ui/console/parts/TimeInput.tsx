import { type ReactNode, useId, useState } from "react"
import { useZone, zoneName } from "./Time.tsx"
import { readZoned, zonedText } from "./zonedTime.ts"

/**
 * A time, typed in the zone in which the person reads times. Beside it is the same in the other zone that matters, and
 * what a change of clocks makes of it.
 */
export const TimeInput = ({ label, required = false, set, value }: {
  readonly label: ReactNode
  /** RFC 3339; empty for none. */
  readonly value: string
  readonly set: (value: string) => void
  readonly required?: boolean
}) => {
  const id = useId()
  const [chosen] = useZone()
  const zone = zoneName(chosen)
  const other = zone === "UTC" ? zoneName("local") : "UTC"
  const [odd, setOdd] = useState<"skipped" | "twice">()
  return (
    <div className="field">
      <label htmlFor={id}>{label} ({zone})</label>
      <input
        id={id}
        type="datetime-local"
        required={required}
        aria-describedby={`${id}-note`}
        value={value === "" ? "" : zonedText(value, zone)}
        onChange={(event) => {
          const typed = readZoned(event.target.value, zone)
          setOdd(typed?.odd)
          set(typed?.at ?? "")
        }}
      />
      <p id={`${id}-note`} className="quiet-text">
        {value !== "" && other !== zone && `${zonedText(value, other).replace("T", " ")} ${other}`}
        {odd === "skipped" && " Clocks skip this time; the one as long after is meant."}
        {odd === "twice" && " Clocks show this time twice; the first is meant."}
      </p>
    </div>
  )
}
