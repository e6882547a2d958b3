import { type FormEvent, useState } from "react"
import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import { type Trouble as TroubleType, troubleOf } from "../../api/problems.ts"
import { AllTheSame, isForcible } from "../../parts/AllTheSame.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { Diff } from "../../parts/Diff.tsx"
import { Reason } from "../../parts/Reason.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { useWork } from "../../parts/useWork.ts"
import { RuleConflict } from "./RuleConflict.tsx"
import { fieldsOf, type RuleFields, textOf } from "./ruleForm.ts"
import { saveRule } from "./saveRule.ts"

export interface Saving {
  /** The rule as its writer saw it; `null`: a new one. */
  readonly base: RuleView | null
  readonly fields: RuleFields
}

/** Shows what a rule is before and after, asks why, and saves. */
export const SaveRule = ({ close, refused, saved, saving }: {
  readonly saving: Saving
  readonly close: () => void
  /** Fields are wrong: the form shows which. Absent where there is no form. */
  readonly refused?: (trouble: TroubleType) => void
  readonly saved: (rule: RuleView) => void
}) => {
  const [{ base, fields }, setSaving] = useState(saving)
  const [reason, setReason] = useState("")
  const [force, setForce] = useState(false)
  const { busy, during, setTrouble, trouble } = useWork()

  const send = (event: FormEvent) => {
    event.preventDefault()
    void during(async () => {
      try {
        saved(await saveRule(base, fields, { reason, force }))
      } catch (error) {
        const found = troubleOf(error)
        const isOfForm = found.fields.length > 0 || found.tag === "RuleNameTaken"
        if (refused === undefined || !isOfForm) throw error
        refused(found)
      }
    })
  }

  if (trouble?.tag === "VersionStale" && base !== null) {
    return (
      <Dialog wide title={`Somebody else changed ${base.name}`} close={close}>
        <RuleConflict
          base={base}
          mine={fields}
          close={close}
          merged={(theirs, merged) => {
            setTrouble(undefined)
            setSaving({ base: theirs, fields: merged })
          }}
        />
      </Dialog>
    )
  }
  return (
    <Dialog wide title={base === null ? "Add this rule" : `Save ${base.name}`} close={close}>
      <form onSubmit={send}>
        <Diff
          label="What changes"
          before={base === null ? "" : textOf(fieldsOf(base))}
          after={textOf(fields)}
        />
        <Reason value={reason} set={setReason} required={force} />
        {trouble !== undefined && <Trouble of={trouble} />}
        {isForcible(trouble) && <AllTheSame force={force} setForce={setForce} />}
        <div className="actions">
          <button type="button" onClick={close}>Back to the form</button>
          <button type="submit" className="primary" disabled={busy}>{base === null ? "Add rule" : "Save rule"}</button>
        </div>
      </form>
    </Dialog>
  )
}
