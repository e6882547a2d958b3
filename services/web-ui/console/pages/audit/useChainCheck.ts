import { useEffect, useRef, useState } from "react"
import type { Checkpoint } from "../../../../../src/domain/ChainEntry.ts"
import type { Verification } from "../../../../../src/logic/auditChain.ts"
import { now } from "../../api/clock.ts"
import { useKept } from "../../api/kept.ts"
import { type Trouble, troubleOf } from "../../api/problems.ts"
import { checkChain } from "./checkChain.ts"
import { pastedCheckpoints } from "./checkpoints.ts"

export type CheckState =
  | { readonly is: "idle" }
  | { readonly is: "running"; readonly checked: number }
  | {
    readonly is: "done"
    readonly at: string
    readonly result: Verification
    readonly checkpoints: ReadonlyArray<Checkpoint>
  }
  | { readonly is: "failed"; readonly trouble: Trouble }

/** The check of the chain in this browser, and the checkpoints that somebody pasted for it. */
export const useChainCheck = () => {
  const [state, setState] = useState<CheckState>({ is: "idle" })
  const [text, setText] = useKept("audit.checkpoints", "")
  const control = useRef<AbortController>(undefined)
  useEffect(() => () => control.current?.abort(), [])
  const pasted = pastedCheckpoints(text)
  const run = async () => {
    if (state.is === "running" || pasted.unread.length > 0) return
    const mine = new AbortController()
    control.current = mine
    setState({ is: "running", checked: 0 })
    try {
      const result = await checkChain({
        checkpoints: pasted.checkpoints,
        signal: mine.signal,
        onProgress: ({ checked }) => setState({ is: "running", checked })
      })
      setState({ is: "done", at: new Date(now()).toISOString(), result, checkpoints: pasted.checkpoints })
    } catch (error) {
      setState(mine.signal.aborted ? { is: "idle" } : { is: "failed", trouble: troubleOf(error) })
    }
  }
  return { state, run, stop: () => control.current?.abort(), text, setText, pasted }
}
