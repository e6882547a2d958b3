import { useId } from "react"
import { firstFocus } from "../parts/firstFocus.ts"

/** Where somebody gives an API key, by hand or by a password manager. */
export const KeyField = ({ first, set, value, wrong }: {
  readonly value: string
  readonly set: (value: string) => void
  /** What is wrong with the key that was given. */
  readonly wrong: string | undefined
  /** It gets the focus when it comes. */
  readonly first: boolean
}) => {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>Key</label>
      <input
        ref={first ? firstFocus : undefined}
        id={id}
        type="password"
        autoComplete="current-password"
        required
        maxLength={4_096}
        aria-invalid={wrong !== undefined}
        aria-describedby={`${id}-wrong`}
        value={value}
        onChange={(event) => set(event.target.value)}
      />
      <p id={`${id}-wrong`} role="alert" className={wrong === undefined ? "visually-hidden" : "error"}>{wrong}</p>
    </div>
  )
}
