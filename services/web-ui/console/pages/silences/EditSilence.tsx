import { useState } from "react"
import type { SilenceDetail } from "../../../../../src/api/web-ui/Silences.ts"
import { useDraft } from "../../api/Drafts.ts"
import { Conflict } from "../../parts/Conflict.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Time } from "../../parts/Time.tsx"
import { useWork } from "../../parts/useWork.ts"
import { notify } from "../../shell/Notices.tsx"
import { change } from "./act.ts"
import { type Edit, editForm, isEdit } from "./editForm.ts"
import { SilenceForm } from "./SilenceForm.tsx"
import { inputOf, partNames, partsOf, partWords, type SilenceParts } from "./silenceParts.ts"

interface EditProps {
  readonly silence: SilenceDetail
  readonly done: () => void
}

/** The form to change a silence; when somebody else did so meanwhile, what was, theirs and mine. */
export const EditSilence = ({ done, silence }: EditProps) => {
  const said = inputOf(partsOf(silence))
  const form = editForm(said)
  return form === undefined
    ? (
      <div className="stack">
        <p>
          The form has no fields for what this silence says: use <code>mutt silence edit {silence.id} --file</code>.
        </p>
        <div className="row">
          <button type="button" onClick={done}>Back</button>
        </div>
      </div>
    )
    : <Editor id={silence.id} done={done} saved={{ revision: silence.revision, said, form }} />
}

const Editor = ({ done, id, saved }: {
  readonly id: number
  readonly saved: Edit
  readonly done: () => void
}) => {
  const draft = useDraft<Edit>(`silence/${id}`, saved, isEdit)
  const { busy, during, setTrouble, trouble } = useWork()
  const [mine, setMine] = useState<SilenceParts>()
  const edit = draft.value
  const conflicts = trouble?.tag === "VersionStale" && edit.revision !== saved.revision
  const goOn = (merged: SilenceParts) => {
    const form = editForm(inputOf(merged))
    if (form === undefined) return notify("The form has no fields for that: choose otherwise.", { tone: "err" })
    draft.set({ ...saved, form })
    setTrouble(undefined)
  }
  return (
    <div className="stack">
      {edit.revision !== saved.revision && (
        <p role="status">Somebody else changed it meanwhile. When you save, you see both.</p>
      )}
      <SilenceForm
        id={id}
        form={edit.form}
        set={(form) => draft.set({ ...edit, form })}
        first="hosts"
        verb="Save"
        busy={busy}
        trouble={conflicts ? undefined : trouble}
        save={(input) => {
          setMine(partsOf(input))
          void during(async () => {
            await change(id, edit, input)
            draft.drop()
            done()
          })
        }}
        giveUp={() => {
          draft.drop()
          done()
        }}
      />
      {conflicts && mine !== undefined && (
        <Dialog
          wide
          title={`Somebody else changed silence ${id}`}
          close={() => setTrouble(undefined)}
        >
          <Conflict
            base={partsOf(edit.said)}
            theirs={partsOf(saved.said)}
            mine={mine}
            nameOf={(key) => partNames[key]}
            shown={(key, of) => <Part of={of} at={key} />}
            close={() => setTrouble(undefined)}
            merged={goOn}
          />
        </Dialog>
      )}
    </div>
  )
}

/** One part of what a silence says; times as the person reads them. */
const Part = ({ at, of }: { readonly of: SilenceParts; readonly at: keyof SilenceParts }) => {
  const time = at === "starts_at" || at === "ends_at" ? of[at] : null
  return time === null ? <PlainText>{partWords(of, at)}</PlainText> : <Time at={time} />
}
