import { type FormEvent, useState } from "react"
import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import { Dialog } from "../../parts/Dialog.tsx"
import { Diff } from "../../parts/Diff.tsx"
import { Reason } from "../../parts/Reason.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { useWork } from "../../parts/useWork.ts"
import { ruleText } from "./ruleSetDiff.ts"
import { bringBack } from "./saveRule.ts"

/** Brings one rule back that is deleted today. */
export const BringBack = ({ close, rule }: { readonly rule: RuleView; readonly close: () => void }) => {
  const [reason, setReason] = useState("")
  const { busy, during, trouble } = useWork()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void during(async () => {
      await bringBack(rule, reason)
      close()
    })
  }
  return (
    <Dialog wide title={`Bring ${rule.name} back`} close={close}>
      <form onSubmit={submit}>
        <Diff label="What changes" before="" after={ruleText(rule)} />
        <Reason value={reason} set={setReason} />
        {trouble !== undefined && <Trouble of={trouble} />}
        <div className="actions">
          <button type="button" onClick={close}>Leave it</button>
          <button type="submit" className="primary" disabled={busy}>Bring it back</button>
        </div>
      </form>
    </Dialog>
  )
}
