import { useEffect, useRef, useState } from "react"
import type { DeadLetterQueue } from "../../../../../src/domain/DeadLetter.ts"
import { type Trouble as TroubleOf, troubleOf } from "../../api/problems.ts"
import { queries } from "../../api/query.ts"
import { Dialog } from "../../parts/Dialog.tsx"
import { Reason, rememberReason } from "../../parts/Reason.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { notify } from "../../shell/Notices.tsx"
import { findGroups } from "./find.ts"
import {
  type ActionName,
  actions,
  countedIn,
  type Done,
  doneWords,
  mostUnasked,
  type Narrowing,
  nothingDone,
  partDone
} from "./letters.ts"
import { sweep } from "./sweep.ts"

/** What is to be done, and with which letters. */
export interface Wish {
  readonly action: ActionName
  readonly queue: DeadLetterQueue
  readonly which: { readonly ids: ReadonlyArray<string> } | { readonly filter: Narrowing }
}

type Stage =
  | { readonly is: "counting" | "running" }
  | { readonly is: "asking"; readonly count: number; readonly newest: string | null }
  | { readonly is: "failed"; readonly trouble: TroubleOf }

/**
 * Does what is wished: counts first, asks where that is due, shows how far it is, and says what became of all. What
 * comes while it runs is not touched.
 */
export const SweepDialog = ({ close, wish }: { readonly wish: Wish; readonly close: () => void }) => {
  const { action, queue, which } = wish
  const [stage, setStage] = useState<Stage>({ is: "counting" })
  const [done, setDone] = useState<Done>(nothingDone)
  const [reason, setReason] = useState("")
  const stopped = useRef(false)
  const { verb } = actions[action]

  const run = async (count: number, newest: string | null) => {
    setStage({ is: "running" })
    const why = reason.trim() === "" ? {} : { reason: reason.trim() }
    const selection = "ids" in which
      ? { ids: which.ids, ...why }
      : { filter: { ...which.filter, ...(newest === null ? {} : { up_to: newest }) }, expected: count, ...why }
    try {
      const all = await sweep({ queue, action, selection, progress: setDone, isStopped: () => stopped.current })
      rememberReason(reason)
      notify(doneWords(queue, action, all), { tone: all.left === 0 ? "well" : "err" })
      if (!stopped.current) close()
    } catch (error) {
      setStage({ is: "failed", trouble: troubleOf(error) })
    } finally {
      await queries.invalidateQueries({ queryKey: ["letters"] })
    }
  }

  useEffect(() => {
    const gone = new AbortController()
    const count = async () => {
      const found = await ("ids" in which
        ? Promise.resolve({ total: which.ids.length, newest: null })
        : findGroups(queue, which.filter, gone.signal))
      if (gone.signal.aborted) return
      if (action !== "discard" && found.total > 0 && found.total <= mostUnasked) {
        await run(found.total, found.newest)
      } else setStage({ is: "asking", count: found.total, newest: found.newest })
    }
    count().catch((error: unknown) => {
      if (!gone.signal.aborted) setStage({ is: "failed", trouble: troubleOf(error) })
    })
    return () => gone.abort()
  }, [])

  const leave = () => {
    stopped.current = true
    close()
  }
  return (
    <Dialog title={titleOf(stage, wish)} close={leave}>
      {stage.is === "counting" && <p role="status">Counting…</p>}
      {stage.is === "asking" && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void run(stage.count, stage.newest)
          }}
        >
          <p>{stage.count === 0 ? "Nothing is there any more." : question(action)}</p>
          {stage.count > 0 && <Reason value={reason} set={setReason} />}
          <div className="actions">
            <button type="button" autoFocus={action === "discard"} onClick={leave}>Cancel</button>
            {stage.count > 0 && (
              <button
                type="submit"
                className={action === "discard" ? "danger" : "primary"}
                autoFocus={action !== "discard"}
              >
                {verb} {stage.count.toLocaleString("en")}
              </button>
            )}
          </div>
        </form>
      )}
      {stage.is === "running" && (
        <div className="stack">
          <progress max={1} value={partDone(done)} aria-label="Done" />
          <p role="status">{doneWords(queue, action, done)}</p>
          <div className="actions">
            <button type="button" onClick={leave}>Stop after this step</button>
          </div>
        </div>
      )}
      {stage.is === "failed" && (
        <div className="stack">
          {done.moved > 0 && <p>{doneWords(queue, action, done)}</p>}
          <Trouble of={stage.trouble} />
          <div className="actions">
            <button type="button" autoFocus onClick={close}>Close</button>
          </div>
        </div>
      )}
    </Dialog>
  )
}

const titleOf = (stage: Stage, { action, queue }: Wish): string =>
  stage.is === "asking" ? `${actions[action].verb} ${countedIn(queue, stage.count)}?` : actions[action].verb

const question = (action: ActionName): string => {
  switch (action) {
    case "replay":
      return "They go on their way again, with their tries counted from the start."
    case "retry":
      return "Today's decoders read them; those that still can't be read stay."
    case "discard":
      return "They are gone for good, and only counted."
  }
}
