import { useId } from "react"
import { Trouble } from "../../parts/Trouble.tsx"
import { notify } from "../../shell/Notices.tsx"
import type { CheckState, useChainCheck } from "./useChainCheck.ts"

const count = new Intl.NumberFormat("en")

/** The check that this browser makes itself: it trusts the server with nothing but the links. */
export const CheckHere = ({ check, links }: {
  readonly check: ReturnType<typeof useChainCheck>
  /** How many links there are, where it is known. */
  readonly links: number | undefined
}) => {
  const id = useId()
  const { pasted, run, setText, state, stop, text } = check
  return (
    <div className="stack">
      {state.is === "running"
        ? (
          <div className="row">
            <progress aria-label="Links checked" max={links} value={links === undefined ? undefined : state.checked} />
            <span>{count.format(state.checked)} links are as they were written.</span>
            <button type="button" onClick={stop}>Stop</button>
          </div>
        )
        : (
          <div className="row">
            <button type="button" className="primary" disabled={pasted.unread.length > 0} onClick={() => void run()}>
              Check here <kbd>v</kbd>
            </button>
            <span className="quiet-text">This browser reads every link and hashes it itself.</span>
          </div>
        )}
      {state.is === "failed" && <Trouble of={state.trouble} again={() => void run()} />}
      {state.is === "done" && <Found of={state} />}
      <details open={text !== ""}>
        <summary>Against checkpoints that you kept elsewhere ({pasted.checkpoints.length})</summary>
        <div className="field">
          <label htmlFor={id}>Checkpoints, one JSON object a line, as MUTT's file of checkpoints has them</label>
          <textarea
            id={id}
            className="mono"
            rows={4}
            maxLength={1_000_000}
            spellCheck={false}
            aria-invalid={pasted.unread.length > 0}
            aria-describedby={`${id}-wrong`}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <p id={`${id}-wrong`} className={pasted.unread.length > 0 ? "error" : "quiet-text"}>
            {pasted.unread.length > 0 && `Line ${pasted.unread.slice(0, 5).join(", ")} is no checkpoint.`}
          </p>
        </div>
      </details>
    </div>
  )
}

const Found = ({ of }: { readonly of: Extract<CheckState, { readonly is: "done" }> }) => {
  const { at, checkpoints, result: { checked, fault, head } } = of
  if (fault !== undefined) {
    return (
      <div className="verdict wrong" role="alert">
        <p>▲ The record is broken at link {fault.seq}. {fault.detail}</p>
        <p>{count.format(checked)} links before it are as they were written.</p>
      </div>
    )
  }
  const copy = () => {
    if (head === undefined) return
    const checkpoint = { seq: head.seq, entryHash: head.entryHash, at }
    navigator.clipboard.writeText(JSON.stringify(checkpoint)).then(
      () => notify("The checkpoint is copied. Keep it where nobody who writes this database can reach it."),
      () => notify(`The browser did not allow to copy. The checkpoint: ${JSON.stringify(checkpoint)}`)
    )
  }
  return (
    <div className="verdict well" role="status">
      <p>✓ Whole: this browser hashed {count.format(checked)} links, each as it was written.</p>
      <p>
        {checkpoints.length === 0
          ? "No checkpoint was compared. A record that was rewritten as a whole would look the same."
          : `It agrees with ${checkpoints.length === 1 ? "the checkpoint" : `all ${checkpoints.length} checkpoints`}.`}
      </p>
      {head !== undefined && (
        <p className="row">
          <span>
            Its end is link {head.seq}, <code className="hash">{head.entryHash}</code>
          </span>
          <button type="button" onClick={copy}>Copy as a checkpoint</button>
        </p>
      )}
    </div>
  )
}
