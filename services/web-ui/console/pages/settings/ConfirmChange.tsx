import { type FormEvent, type ReactNode, useState } from "react"
import { type Trouble as TroubleType, troubleOf } from "../../api/problems.ts"
import { queries } from "../../api/query.ts"
import { Action } from "../../parts/Action.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { Reason } from "../../parts/Reason.tsx"
import { Trouble } from "../../parts/Trouble.tsx"

/** Shows what a way back would change, and makes it. */
export const ConfirmChange = ({ children, close, make, nothing, title, verb }: {
  readonly title: string
  /** What would change. */
  readonly children: ReactNode
  /** There is nothing to do. */
  readonly nothing: boolean
  readonly verb: string
  readonly make: (reason: string) => Promise<void>
  readonly close: () => void
}) => {
  const [reason, setReason] = useState("")
  const [making, setMaking] = useState(false)
  const [trouble, setTrouble] = useState<TroubleType | undefined>(undefined)
  const run = async () => {
    setMaking(true)
    setTrouble(undefined)
    try {
      await make(reason)
      close()
    } catch (error) {
      setTrouble(troubleOf(error))
      setMaking(false)
      await queries.invalidateQueries({ queryKey: ["config"] })
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!nothing && !making) void run()
  }
  return (
    <Dialog title={title} close={close} wide>
      <form onSubmit={submit}>
        {children}
        <Reason value={reason} set={setReason} />
        {trouble !== undefined && <Trouble of={trouble} />}
        <div className="actions">
          <button type="button" onClick={close}>Leave it</button>
          <Action needs="admin" type="submit" className="primary" disabled={nothing || making}>{verb}</Action>
        </div>
      </form>
    </Dialog>
  )
}
