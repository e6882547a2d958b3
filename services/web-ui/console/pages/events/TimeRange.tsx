import { type FormEvent, useState } from "react"
import { now } from "../../api/clock.ts"
import { Dialog } from "../../parts/Dialog.tsx"
import { timeText, useZone, zoneName } from "../../parts/Time.tsx"
import { TimeInput } from "../../parts/TimeInput.tsx"
import { presets, type Span, spanAt, usualRange } from "./timeRange.ts"

interface Range {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Which time is looked at: a span that ends now, or one from and to a time of one's own. */
export const TimeRange = ({ change, range }: {
  readonly range: Range
  readonly change: (range: Range) => void
}) => {
  const [zone] = useZone()
  const [open, setOpen] = useState(false)
  const from = range.from ?? usualRange
  const isPreset = range.to === undefined && presets.some(({ value }) => value === from)
  const span = spanAt(range, now())
  const own = `${span.from === undefined ? "" : timeText(span.from, zone)} – ${
    span.to === undefined ? "now" : timeText(span.to, zone)
  } ${zoneName(zone)}`
  return (
    <>
      <select
        aria-label="Time"
        value={isPreset ? from : "own"}
        onChange={({ target: { value } }) => {
          if (value === "choose") setOpen(true)
          else if (value !== "own") change({ from: value === usualRange ? undefined : value, to: undefined })
        }}
      >
        {presets.map(({ title, value }) => <option key={value} value={value}>{title}</option>)}
        {!isPreset && <option value="own">{own}</option>}
        <option value="choose">From … to …</option>
      </select>
      {open && (
        <OwnRange
          span={span}
          close={() => setOpen(false)}
          change={(chosen) => {
            setOpen(false)
            change(chosen)
          }}
        />
      )}
    </>
  )
}

const OwnRange = ({ change, close, span }: {
  readonly span: Span
  readonly close: () => void
  readonly change: (range: Range) => void
}) => {
  const [from, setFrom] = useState(span.from ?? "")
  const [to, setTo] = useState(span.to ?? "")
  const wrong = to !== "" && from >= to ? "The end is not after the beginning." : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wrong === undefined) change({ from: from === "" ? "all" : from, to: to === "" ? undefined : to })
  }
  return (
    <Dialog title="From one time to another" close={close}>
      <form onSubmit={submit}>
        <TimeInput label="From" value={from} set={setFrom} />
        <TimeInput label="To, or empty for until now" value={to} set={setTo} />
        {wrong !== undefined && <p className="error" role="alert">{wrong}</p>}
        <div className="actions">
          <button type="button" onClick={close}>Cancel</button>
          <button type="submit" className="primary">Show</button>
        </div>
      </form>
    </Dialog>
  )
}
