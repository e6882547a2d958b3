import { type FormEvent, useEffect, useState } from "react"
import type { RulesApplied } from "../../../../../src/api/web-ui/RuleVersions.ts"
import { AllTheSame, isForcible } from "../../parts/AllTheSame.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { Reason } from "../../parts/Reason.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { useWork } from "../../parts/useWork.ts"
import { Applied } from "./Applied.tsx"
import { goBackTo, whatGoesBack } from "./ruleSetChanges.ts"

/** Goes back to all rules, hosts, teams and tests of a version, as a new one: first what would change. */
export const GoBack = ({ close, newest, to }: {
  readonly to: number
  /** The version in force. */
  readonly newest: number
  readonly close: () => void
}) => {
  const [reason, setReason] = useState("")
  const [force, setForce] = useState(false)
  const [would, setWould] = useState<RulesApplied>()
  const { busy, during, trouble } = useWork()
  useEffect(() => {
    // To force wants a reason, also of who only looks.
    void during(async () => setWould(await whatGoesBack(to, { seen: newest, force, reason: force ? "a look" : "" })))
  }, [to, newest, force])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void during(async () => {
      await goBackTo(to, { seen: newest, reason, force })
      close()
    })
  }
  return (
    <Dialog wide title={`Go back to version ${to}`} close={close}>
      <form onSubmit={submit}>
        <p>It becomes a new version after {newest}; nothing of the history goes away.</p>
        {would !== undefined && <Applied of={would} />}
        {trouble !== undefined && <Trouble of={trouble} />}
        {(force || isForcible(trouble)) && <AllTheSame force={force} setForce={setForce} />}
        <Reason value={reason} set={setReason} required={force} />
        <div className="actions">
          <button type="button" onClick={close}>Leave it</button>
          <button type="submit" className="primary" disabled={busy || would === undefined}>Go back</button>
        </div>
      </form>
    </Dialog>
  )
}
