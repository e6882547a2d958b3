import { type FormEvent, useState } from "react"
import type { AlertSelection } from "../../../../../src/api/web-ui/Alerts.ts"
import { ask } from "../../api/client.ts"
import { troubleOf } from "../../api/problems.ts"
import { queries } from "../../api/query.ts"
import { Action } from "../../parts/Action.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { Reason, rememberReason } from "../../parts/Reason.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { useWork } from "../../parts/useWork.ts"
import { notify } from "../../shell/Notices.tsx"

export type Chosen = Pick<AlertSelection, "ids" | "filter" | "expected">

const many = (count: number): string => `${count.toLocaleString("en")} ${count === 1 ? "alert" : "alerts"}`

/** Tries parked alerts now instead of at their time. */
const retry = async (chosen: Chosen, reason: string): Promise<void> => {
  const { retried, skipped } = await ask((api) =>
    api.alerts.retry({ payload: { ...chosen, ...(reason === "" ? {} : { reason }) } })
  )
  rememberReason(reason)
  notify(
    `${many(retried)} will be tried now.${skipped === 0 ? "" : ` ${many(skipped)} no longer parked, and left alone.`}`
  )
  await queries.invalidateQueries({ queryKey: ["alerts"] })
}

const RetryDialog = ({ chosen, close, count }: {
  readonly chosen: Chosen
  readonly count: number
  readonly close: () => void
}) => {
  const [reason, setReason] = useState("")
  const { busy, during, trouble } = useWork()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void during(async () => {
      try {
        await retry(chosen, reason.trim())
      } catch (error) {
        if (troubleOf(error).tag === "CountDiffers") void queries.invalidateQueries({ queryKey: ["alerts"] })
        throw error
      }
      close()
    })
  }
  return (
    <Dialog title={`Try ${many(count)} now`} close={close}>
      <form onSubmit={submit}>
        <p>Parked alerts become due at once. The rate of delivery and the breaker hold as before.</p>
        <Reason value={reason} set={setReason} />
        {trouble !== undefined && <Trouble of={trouble} />}
        <div className="actions">
          <button type="button" onClick={close}>Cancel</button>
          <button type="submit" className="primary" disabled={busy}>Try now</button>
        </div>
      </form>
    </Dialog>
  )
}

/** A button to try these now. */
export const RetryNow = ({ chosen, count, title }: {
  readonly chosen: Chosen
  readonly count: number
  readonly title: string
}) => {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Action needs="operator" disabled={count === 0} onClick={() => setOpen(true)}>{title}</Action>
      {open && <RetryDialog chosen={chosen} count={count} close={() => setOpen(false)} />}
    </>
  )
}
