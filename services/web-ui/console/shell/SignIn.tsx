import { type FormEvent, useId, useState } from "react"
import { keep, kept } from "../api/kept.ts"
import { leaveStale, logIn, logOut, stepUp, useSession } from "../api/session.ts"
import { Dialog } from "../parts/Dialog.tsx"
import "./SignIn.css"

/** Asks for the key and who it is; the record keeps the name. */
const SignInForm = ({ again }: { readonly again: boolean }) => {
  const id = useId()
  const [person, setPerson] = useState(() => kept("person") ?? "")
  const [key, setKey] = useState("")
  const [wrong, setWrong] = useState<string>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const answer = await logIn({ key, person: person.trim() })
    setBusy(false)
    setWrong(answer)
    if (answer !== undefined) return
    setKey("")
    keep("person", person.trim() === "" ? undefined : person.trim())
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <p className="quiet-text">
        {again
          ? "The login has ended. What you typed is still there; nothing was sent twice."
          : "An API key that may read."}
      </p>
      <div className="field">
        <label htmlFor={`${id}-person`}>Your name</label>
        <input
          id={`${id}-person`}
          autoComplete="username"
          maxLength={64}
          value={person}
          onChange={(event) => setPerson(event.target.value)}
        />
        <p className="quiet-text">The record of changes keeps it.</p>
      </div>
      <div className="field">
        <label htmlFor={`${id}-key`}>Key</label>
        <input
          id={`${id}-key`}
          type="password"
          autoComplete="current-password"
          required
          maxLength={512}
          autoFocus
          aria-invalid={wrong !== undefined}
          aria-describedby={`${id}-wrong`}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <p id={`${id}-wrong`} role="alert" className={wrong === undefined ? "visually-hidden" : "error"}>{wrong}</p>
      </div>
      <div className="actions">
        {again && <button type="button" onClick={() => void logOut()}>Leave</button>}
        <button type="submit" className="primary" disabled={busy}>Log in</button>
      </div>
    </form>
  )
}

/** The login as a page of its own, where there is nothing behind it. */
export const SignIn = () => (
  <main className="sign-in">
    <h1>MUTT</h1>
    <SignInForm again={false} />
  </main>
)

const StepUp = () => {
  const id = useId()
  const [key, setKey] = useState("")
  const [wrong, setWrong] = useState<string>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setWrong(await stepUp(key))
  }
  return (
    <Dialog title="The key again" close={leaveStale}>
      <form onSubmit={(event) => void submit(event)}>
        <p>This change asks for your key again, as you gave it a while ago.</p>
        <div className="field">
          <label htmlFor={id}>Key</label>
          <input
            id={id}
            type="password"
            autoComplete="current-password"
            required
            maxLength={512}
            autoFocus
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
          {wrong !== undefined && <p className="error" role="alert">{wrong}</p>}
        </div>
        <div className="actions">
          <button type="button" onClick={leaveStale}>Cancel</button>
          <button type="submit" className="primary">Go on</button>
        </div>
      </form>
    </Dialog>
  )
}

/** The login over a page that waits behind it. */
export const SignInAgain = () => {
  const { is } = useSession()
  if (is === "stale") return <StepUp />
  return is === "ended"
    ? (
      <Dialog title="Log in again" close={() => undefined}>
        <SignInForm again />
      </Dialog>
    )
    : null
}
