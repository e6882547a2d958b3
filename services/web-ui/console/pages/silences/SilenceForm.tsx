import { Result } from "effect"
import { type FormEvent, useEffect, useRef, useState } from "react"
import type { SilenceInput } from "../../../../../src/silence/Silence.ts"
import { now } from "../../api/clock.ts"
import type { Trouble as TroubleOf } from "../../api/problems.ts"
import { useMay } from "../../api/useRole.ts"
import { Action } from "../../parts/Action.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { Reason } from "../../parts/Reason.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { type Form, silenceOf, wideShare } from "./form.ts"
import { MatchFields } from "./MatchFields.tsx"
import { percent, PreviewText } from "./PreviewText.tsx"
import { usePreview } from "./usePreview.ts"
import { WhenFields } from "./WhenFields.tsx"

const minuteMs = 60_000

interface SilenceFormProps {
  readonly form: Form
  readonly set: (form: Form) => void
  /** The field that has the focus at first. */
  readonly first: "hosts" | "comment"
  /** The number of a silence that is there already. */
  readonly id?: number
  readonly verb: string
  readonly busy: boolean
  readonly trouble: TroubleOf | undefined
  readonly save: (input: SilenceInput) => void
  readonly giveUp: () => void
}

/** The fields of a silence, with what it would have held back below them as it is typed. What is wide is asked first. */
export const SilenceForm = ({ busy, first, form, giveUp, id, save, set, trouble, verb }: SilenceFormProps) => {
  const [confirming, setConfirming] = useState(false)
  const ref = useRef<HTMLFormElement>(null)
  // As of this minute: a preview is not asked for anew each second.
  const said = silenceOf(form, Math.floor(now() / minuteMs) * minuteMs)
  const may = useMay("operator")
  const preview = usePreview(Result.getOrUndefined(said))
  const issues = Result.isFailure(said) ? said.failure : []
  const change = (parts: Partial<Form>) => set({ ...form, ...parts })

  useEffect(() => {
    // After the panel has taken the focus: what is still to be said comes first.
    const timer = setTimeout(() =>
      ref.current?.querySelector<HTMLInputElement>(`[data-field="${first}"] input`)?.focus()
    )
    return () => clearTimeout(timer)
  }, [first])

  const send = () => {
    setConfirming(false)
    const input = silenceOf(form, now())
    if (Result.isSuccess(input)) save(input.success)
  }
  const isKnown = preview.isSettled && preview.share !== undefined
  const wide = form.everything || !isKnown || (preview.share ?? 1) > wideShare
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (issues.length > 0) return
    if (wide) setConfirming(true)
    else send()
  }
  return (
    <>
      <form ref={ref} className="stack" onSubmit={submit}>
        <MatchFields form={form} set={change} />
        <WhenFields form={form} set={change} made={id !== undefined} />
        <div data-field="comment">
          <Reason required value={form.comment} set={(comment) => change({ comment })} />
        </div>
        {issues.length > 0 && (
          <ul role="status" className="quiet-text">
            {issues.map(({ field, message }) => <li key={field + message}>{message}</li>)}
          </ul>
        )}
        {trouble !== undefined && <Trouble of={trouble} />}
        <div className="row">
          <Action needs="operator" type="submit" className="primary" disabled={busy || issues.length > 0}>
            {verb}
          </Action>
          <button type="button" onClick={giveUp}>Give up</button>
        </div>
        {issues.length === 0 && (
          may
            ? (
              <Stale read={preview.read}>
                {(data) => (
                  <PreviewText
                    preview={{ ...data, overlaps: data.overlaps.filter((other) => other.id !== id) }}
                    share={preview.share}
                  />
                )}
              </Stale>
            )
            : <p className="quiet-text">What it would have held back needs operator.</p>
        )}
      </form>
      {confirming && (
        <Dialog title="Silence that much?" close={() => setConfirming(false)}>
          <p>
            {isKnown
              ? `In the last 24 hours this would have held back ${percent(preview.share ?? 0)} of all events.`
              : "How much this would hold back is not known yet."}
            {form.everything && " It is about all hosts, rules and teams."}
          </p>
          <div className="actions">
            <button type="button" autoFocus onClick={() => setConfirming(false)}>Cancel</button>
            <button type="button" className="danger" onClick={send}>Silence all the same</button>
          </div>
        </Dialog>
      )}
    </>
  )
}
