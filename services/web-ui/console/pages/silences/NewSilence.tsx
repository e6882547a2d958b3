import { Result } from "effect"
import { type FormEvent, useEffect, useRef, useState } from "react"
import { now } from "../../api/clock.ts"
import { useDraft } from "../../api/Drafts.ts"
import { type Trouble as TroubleOf, troubleOf } from "../../api/problems.ts"
import { useMay } from "../../api/useRole.ts"
import { Action } from "../../parts/Action.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { Reason } from "../../parts/Reason.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { useZone, zoneName } from "../../parts/Time.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { Detail } from "../../shell/Page.tsx"
import { create } from "./act.ts"
import { emptyForm, type Form, isForm, silenceOf, wideShare } from "./form.ts"
import { MatchFields } from "./MatchFields.tsx"
import { percent, PreviewText } from "./PreviewText.tsx"
import { usePreview } from "./usePreview.ts"
import { WhenFields } from "./WhenFields.tsx"

const minuteMs = 60_000

/** The form of a new silence, with what it would have held back beside it as it is typed. */
export const NewSilence = ({ close, host, made }: {
  readonly host: string
  readonly close: () => void
  readonly made: (id: number) => void
}) => {
  const [zone] = useZone()
  const draft = useDraft<Form>(`silence/new/${host}`, emptyForm(host, zoneName(zone)), isForm)
  const form = draft.value
  const [busy, setBusy] = useState(false)
  const [confirming, setConfirming] = useState(false)
  const [trouble, setTrouble] = useState<TroubleOf>()
  const ref = useRef<HTMLFormElement>(null)
  // As of this minute: a preview is not asked for anew each second.
  const said = silenceOf(form, Math.floor(now() / minuteMs) * minuteMs)
  const may = useMay("operator")
  const preview = usePreview(Result.getOrUndefined(said))
  const issues = Result.isFailure(said) ? said.failure : []
  const set = (parts: Partial<Form>) => draft.set({ ...form, ...parts })

  useEffect(() => {
    // After the panel has taken the focus: what is still to be said comes first.
    const name = host === "*" ? "hosts" : "comment"
    const timer = setTimeout(() =>
      ref.current?.querySelector<HTMLInputElement>(`[data-field="${name}"] input`)?.focus()
    )
    return () => clearTimeout(timer)
  }, [host])

  const save = async () => {
    setConfirming(false)
    const input = silenceOf(form, now())
    if (Result.isFailure(input)) return
    setBusy(true)
    try {
      const id = await create(input.success)
      draft.drop()
      made(id)
    } catch (error) {
      setTrouble(troubleOf(error))
    } finally {
      setBusy(false)
    }
  }
  const isKnown = preview.isSettled && preview.share !== undefined
  const wide = form.everything || !isKnown || (preview.share ?? 1) > wideShare
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTrouble(undefined)
    if (issues.length > 0) return
    if (wide) setConfirming(true)
    else void save()
  }
  return (
    <Detail title="New silence" close={close}>
      <form ref={ref} className="stack" onSubmit={submit}>
        <MatchFields form={form} set={set} />
        <WhenFields form={form} set={set} />
        <div data-field="comment">
          <Reason required value={form.comment} set={(comment) => set({ comment })} />
        </div>
        {issues.length > 0 && (
          <ul role="status" className="quiet-text">
            {issues.map(({ field, message }) => <li key={field + message}>{message}</li>)}
          </ul>
        )}
        {trouble !== undefined && <Trouble of={trouble} />}
        <div className="row">
          <Action needs="operator" type="submit" className="primary" disabled={busy || issues.length > 0}>
            Silence
          </Action>
          <button
            type="button"
            onClick={() => {
              draft.drop()
              close()
            }}
          >
            Give up
          </button>
        </div>
        {issues.length === 0 && (
          may
            ? <Stale read={preview.read}>{(data) => <PreviewText preview={data} share={preview.share} />}</Stale>
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
            <button type="button" className="danger" onClick={() => void save()}>Silence all the same</button>
          </div>
        </Dialog>
      )}
    </Detail>
  )
}
