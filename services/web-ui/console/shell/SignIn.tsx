import { type FormEvent, useEffect, useId, useState } from "react"
import { keep, kept } from "../api/kept.ts"
import { logIn, type LoginWays, loginWays, logOut, useSession } from "../api/session.ts"
import { Dialog } from "../parts/Dialog.tsx"
import { firstFocus } from "../parts/firstFocus.ts"
import { KeyField } from "./KeyField.tsx"
import { ProviderLogin } from "./ProviderLogin.tsx"
import { StepUp } from "./StepUp.tsx"
import { Unencrypted } from "./Unencrypted.tsx"
import "./SignIn.css"

/** How people log in here; by key until the server has said more. */
const useWays = (): LoginWays | undefined => {
  const [ways, setWays] = useState<LoginWays>()
  useEffect(() => {
    void loginWays().then(setWays)
  }, [])
  return ways
}

/** Asks for who it is and the key; the record keeps the name. */
const SignInForm = ({ again, refused }: { readonly again: boolean; readonly refused?: string | undefined }) => {
  const id = useId()
  const ways = useWays()
  const [known] = useState(() => kept("person") ?? "")
  const [person, setPerson] = useState(known)
  const [key, setKey] = useState("")
  const [wall, setWall] = useState(false)
  const [wrong, setWrong] = useState<string>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const answer = await logIn({ key, person: person.trim(), wall })
    setBusy(false)
    setWrong(answer)
    if (answer !== undefined) return
    setKey("")
    keep("person", person.trim() === "" ? undefined : person.trim())
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      {refused !== undefined && <p className="refused" role="alert">{refused}</p>}
      {ways?.plain_http === true && <Unencrypted />}
      <p className="quiet-text">
        {again ? "What you typed is still there, and nothing was sent twice." : "An API key that may read."}
      </p>
      <div className="field">
        <label htmlFor={`${id}-person`}>Your name</label>
        <input
          ref={known === "" ? firstFocus : undefined}
          id={`${id}-person`}
          autoComplete="username"
          maxLength={64}
          value={person}
          onChange={(event) => setPerson(event.target.value)}
        />
        <p className="quiet-text">The record of changes keeps it.</p>
      </div>
      <KeyField value={key} set={setKey} wrong={wrong} first={known !== ""} />
      {!again && (
        <label className="wall">
          <input type="checkbox" checked={wall} onChange={(event) => setWall(event.target.checked)} />
          <span>
            A screen on a wall <span className="quiet-text">– a viewer’s key, for 30 days</span>
          </span>
        </label>
      )}
      <div className="actions">
        {again && <button type="button" onClick={() => void logOut()}>Leave</button>}
        <button type="submit" className="primary" disabled={busy}>Log in</button>
      </div>
      {ways?.oidc === true && <ProviderLogin again={again} />}
    </form>
  )
}

/** The login as a page of its own, where there is nothing behind it. */
export const SignIn = ({ refused }: { readonly refused?: string | undefined }) => (
  <main className="sign-in">
    <h1>MUTT</h1>
    <SignInForm again={false} refused={refused} />
  </main>
)

/** The login over a page that waits behind it. */
export const SignInAgain = () => {
  const state = useSession()
  if (state.is === "stale") return <StepUp via={state.session.via} />
  return state.is === "ended"
    ? (
      <Dialog title="Log in again" close={() => undefined}>
        <SignInForm again />
      </Dialog>
    )
    : null
}
