import { type FormEvent, useState } from "react"
import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import { type Trouble as TroubleType, troubleOf } from "../../api/problems.ts"
import { AllTheSame } from "../../parts/AllTheSame.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { Diff } from "../../parts/Diff.tsx"
import { Reason } from "../../parts/Reason.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { RuleConflict } from "./RuleConflict.tsx"
import { fieldsOf, type RuleFields, textOf } from "./ruleForm.ts"
import { saveRule } from "./saveRule.ts"

/** What only an admin may store. */
const forcible = new Set(["LintFailed", "TestsFailed"])

export interface Saving {
  /** The rule as its writer saw it; `null`: a new one. */
  readonly base: RuleView | null
  readonly fields: RuleFields
}

/** Shows what a rule is before and after, asks why, and saves. */
export const SaveRule = ({ close, refused, saved, saving }: {
  readonly saving: Saving
  readonly close: () => void
  /** Fields are wrong: the form shows which. */
  readonly refused: (trouble: TroubleType) => void
  readonly saved: (rule: RuleView) => void
}) => {
  const [{ base, fields }, setSaving] = useState(saving)
  const [reason, setReason] = useState("")
  const [force, setForce] = useState(false)
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<TroubleType>()

  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      saved(await saveRule(base, fields, { reason, force }))
    } catch (error) {
      const found = troubleOf(error)
      if (found.fields.length > 0 || found.tag === "RuleNameTaken") refused(found)
      else setTrouble(found)
    } finally {
      setBusy(false)
    }
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
  const forced = trouble !== undefined && forcible.has(trouble.tag)
  return (
    <Dialog wide title={base === null ? "Add this rule" : `Save ${base.name}`} close={close}>
      <form onSubmit={(event) => void send(event)}>
        <Diff
          label="What changes"
          before={base === null ? "" : textOf(fieldsOf(base))}
          after={textOf(fields)}
        />
        <Reason value={reason} set={setReason} required={force} />
        {trouble !== undefined && <Trouble of={trouble} />}
        {forced && <AllTheSame force={force} setForce={setForce} />}
        <div className="actions">
          <button type="button" onClick={close}>Back to the form</button>
          <button type="submit" className="primary" disabled={busy}>{base === null ? "Add rule" : "Save rule"}</button>
        </div>
      </form>
    </Dialog>
  )
}
