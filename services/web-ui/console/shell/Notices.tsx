import { useState, useSyncExternalStore } from "react"
import { now } from "../api/clock.ts"
import { newId } from "../api/newId.ts"
import { troubleOf } from "../api/problems.ts"
import { useTick } from "../parts/Time.tsx"
import "./Notices.css"

/** What happened, and how to take it back. */
export interface Notice {
  readonly id: string
  readonly text: string
  readonly tone: "well" | "err"
  readonly at: number
  /** Takes the change back, as a change of its own; offered for ten minutes. */
  readonly undo?: () => Promise<unknown>
}

const undoMs = 600_000
const shownMs = 8_000

let notices: ReadonlyArray<Notice> = []
const listeners = new Set<() => void>()
const set = (next: ReadonlyArray<Notice>) => {
  notices = next
  for (const listener of listeners) listener()
}
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const notify = (
  text: string,
  more: { readonly tone?: "well" | "err"; readonly undo?: () => Promise<unknown> } = {}
): void => set([{ id: newId(), at: now(), text, ...more, tone: more.tone ?? "well" }, ...notices].slice(0, 50))

/** The newest that can be taken back. */
export const newestUndo = (): Notice | undefined =>
  notices.find(({ at, undo }) => undo !== undefined && now() - at < undoMs)

const drop = (id: string) => set(notices.filter((notice) => notice.id !== id))

export const takeBack = async ({ id, text, undo }: Notice): Promise<void> => {
  try {
    await undo?.()
    drop(id)
    notify(`Taken back: ${text}`)
  } catch (error) {
    notify(`Not taken back: ${troubleOf(error).detail}`, { tone: "err" })
  }
}

/** The notices of the last seconds, and those that can be taken back as long as they can. */
export const Notices = () => {
  const all = useSyncExternalStore(subscribe, () => notices)
  const [hidden, hide] = useState<ReadonlySet<string>>(new Set())
  useTick()
  const shown = all.filter(({ at, id, tone, undo }) =>
    !hidden.has(id) && now() - at < (undo === undefined && tone === "well" ? shownMs : undoMs)
  ).slice(0, 3)
  return (
    <div className="notices" role="status" aria-live="polite">
      {shown.map((notice) => (
        <div key={notice.id} className={`notice ${notice.tone}`}>
          <span>{notice.text}</span>
          {notice.undo !== undefined && <button type="button" onClick={() => void takeBack(notice)}>Undo</button>}
          <button
            type="button"
            className="quiet"
            aria-label="Close this notice"
            onClick={() => hide(new Set([...hidden, notice.id]))}
          >
            ✕
          </button>
        </div>
      ))}
    </div>
  )
}
