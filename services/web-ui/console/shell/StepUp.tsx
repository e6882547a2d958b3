import { type FormEvent, useState } from "react"
import { leaveStale, type Session, stepUp } from "../api/session.ts"
import { Dialog } from "../parts/Dialog.tsx"
import { KeyField } from "./KeyField.tsx"
import { ProviderLogin } from "./ProviderLogin.tsx"

/** Wants a fresh proof of who it is, for a change that needs an admin. */
export const StepUp = ({ via }: { readonly via: Session["via"] }) => {
  const [key, setKey] = useState("")
  const [wrong, setWrong] = useState<string>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setWrong(await stepUp(key))
  }
  const cancel = <button type="button" onClick={leaveStale}>Cancel</button>
  if (via === "oidc") {
    return (
      <Dialog title="Log in once more" close={leaveStale}>
        <div className="stack">
          <p>This change wants a fresh login, as yours is older than 15 minutes. It goes on when you have come back.</p>
          <ProviderLogin again fresh />
          <div className="actions">{cancel}</div>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog title="The key again" close={leaveStale}>
      <form onSubmit={(event) => void submit(event)}>
        <p>This change asks for your key again, as you gave it a while ago.</p>
        <KeyField value={key} set={setKey} wrong={wrong} first />
        <div className="actions">
          {cancel}
          <button type="submit" className="primary">Go on</button>
        </div>
      </form>
    </Dialog>
  )
}
