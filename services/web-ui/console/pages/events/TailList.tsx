import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react"
import type { EventFilters } from "../../../../../src/api/web-ui/EventLists.ts"
import type { EventRow } from "../../../../../src/domain/EventRow.ts"
import { now } from "../../api/clock.ts"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { agoText, durationText, Time, useTick } from "../../parts/Time.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { EventTail, type TailView } from "./EventTail.ts"
import { tailKeeps } from "./TailBuffer.ts"

/** Follows the record by this filter as long as it is shown. */
export const useTail = (filters: EventFilters, enabled: boolean) => {
  const asked = JSON.stringify(filters)
  const tail = useMemo(() => new EventTail(filters), [asked])
  useEffect(() => enabled ? tail.start() : undefined, [tail, enabled])
  const view = useSyncExternalStore(tail.subscribe, tail.view)
  return { tail, view }
}

/** Later than this, what is shown is not what happens now. */
const lateMs = 20_000

const stateWords = ({ is, rows }: TailView): string => {
  switch (is) {
    case "connecting":
      return "Connecting…"
    case "open":
      return "Live"
    case "lost":
      return `There is no connection; trying again.${rows.length === 0 ? "" : " What comes meanwhile will follow."}`
    case "away":
      return "Let go while nobody looked; it goes on where it stopped."
  }
}

/** Said to those who listen, at most every 10 s. */
const Spoken = ({ view }: { readonly view: TailView }) => {
  const turn = useTick(10)
  const newest = useRef(view)
  newest.current = view
  const [said, say] = useState("")
  useEffect(() => {
    const { held, rows, skipped, waiting } = newest.current
    say(held ? `Held, ${waiting} new.` : `${rows.length} events shown.${skipped === 0 ? "" : ` ${skipped} left out.`}`)
  }, [turn])
  return <p role="status" className="visually-hidden">{said}</p>
}

/** Events as they come in, newest at the end. */
export const TailList = ({ columns, keys, onOpen, open, tail, toneOf, view }: {
  readonly tail: EventTail
  readonly view: TailView
  readonly columns: ReadonlyArray<Column<EventRow>>
  readonly open: string | undefined
  readonly onOpen: (row: EventRow) => void
  readonly toneOf: (row: EventRow) => string | undefined
  readonly keys: Readonly<Record<string, (row: EventRow) => void>>
}) => {
  useTick()
  const frame = useRef<HTMLDivElement>(null)
  // Else Space, which holds, would press the button that began it.
  useEffect(() => frame.current?.querySelector<HTMLElement>("[data-grid]")?.focus({ preventScroll: true }), [])
  const { held, late, missed, rows, skipped, trouble, waiting } = view
  const newest = rows.at(-1)
  const behind = !held && newest !== undefined && late ? now() - Date.parse(newest.received_at) : 0
  return (
    <>
      <div className="list-line">
        <span className={`tail-state ${view.is}`}>{held ? "Held" : stateWords(view)}</span>
        {held && view.is !== "open" && <span className="quiet-text">{stateWords(view)}</span>}
        <button type="button" className={held ? "primary" : undefined} onClick={held ? tail.release : tail.hold}>
          {held ? `Go on (${waiting.toLocaleString("en")} new)` : "Hold"} <kbd>Space</kbd>
        </button>
        {skipped > 0 && (
          <span>
            {skipped.toLocaleString("en")}{" "}
            left out: more came in than can be followed. The list without the tail has all.
          </span>
        )}
        {missed !== undefined && (
          <span>
            What came from <Time at={missed.from} /> to <Time at={missed.to} />{" "}
            is left out: nobody looked for too long. The list without the tail has all.
          </span>
        )}
        {behind > lateMs && (
          <span className="row">
            {durationText(behind)} behind, catching up.
            <button type="button" onClick={tail.skipToNow}>Go to now</button>
          </span>
        )}
        {waiting > tailKeeps && <span>The oldest of the new ones are not kept any more.</span>}
      </div>
      {trouble !== undefined && <Trouble of={trouble} />}
      <div ref={frame} className={view.is === "lost" || view.is === "away" ? "page-list stale" : "page-list"}>
        <Grid
          label="Events as they come in"
          columns={columns}
          rows={rows}
          keyOf={({ ref }) => ref}
          open={open}
          onOpen={onOpen}
          keys={{ ...keys, " ": () => (held ? tail.release() : tail.hold()) }}
          toneOf={toneOf}
          follow={!held}
          onHold={tail.hold}
          empty={view.is === "open" ? "Nothing has come in since." : stateWords(view)}
        />
      </div>
      <p className="list-line quiet-text">
        By arrival, newest at the end; the newest {tailKeeps.toLocaleString("en")} are kept.
        {newest !== undefined && ` The last came ${agoText(newest.received_at)}.`}
      </p>
      <Spoken view={view} />
    </>
  )
}
