import { type FormEvent, useState } from "react"
import { ask } from "../../api/client.ts"
import { now } from "../../api/clock.ts"
import { type Trouble as TroubleType, troubleOf } from "../../api/problems.ts"
import { queries, useAsk } from "../../api/query.ts"
import { learnSession } from "../../api/session.ts"
import { Dialog } from "../../parts/Dialog.tsx"
import { Reason, rememberReason } from "../../parts/Reason.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { notify } from "../../shell/Notices.tsx"

const key = "session_not_before"

/** Ends every login of the console, this one too: it sets the time before which none counts. */
export const EndLogins = ({ close }: { readonly close: () => void }) => {
  const read = useAsk(["config", "get", key], (api) => api.settings.get({ params: { key } }))
  const [reason, setReason] = useState("")
  const [wrong, setWrong] = useState<TroubleType>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const value = new Date(now()).toISOString()
    setBusy(true)
    try {
      // Without If-Match: whoever else ends all logins wants the same.
      await ask((api) =>
        api.settings.set({
          params: { key },
          headers: {},
          query: { wait: "all" },
          payload: { value, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) }
        })
      )
    } catch (error) {
      setBusy(false)
      setWrong(troubleOf(error))
      return
    }
    rememberReason(reason)
    close()
    notify("All logins have ended.")
    void queries.invalidateQueries({ queryKey: ["config"] })
    await learnSession()
  }
  return (
    <Dialog title="End all logins now" close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <p>
          Everybody who uses the console logs in again, on every web-ui: you too, and each screen on a wall. What people
          have typed stays. Keys go on letting scripts in. It cannot be undone.
        </p>
        <Stale read={read} lines={1}>
          {({ changed_at, changed_by, is_set, value }) => (
            <p className="quiet-text">
              {is_set && typeof value === "string"
                ? (
                  <>
                    Now, logins count that began after <Time at={value} />, by {changed_by ?? "nobody known"},{" "}
                    <Time at={changed_at} ago />.
                  </>
                )
                : "Nobody has ended all logins before."}
            </p>
          )}
        </Stale>
        <Reason value={reason} set={setReason} />
        {wrong !== undefined && <Trouble of={wrong} />}
        <div className="actions">
          <button type="button" onClick={close}>Cancel</button>
          <button type="submit" className="danger" disabled={busy}>End all logins</button>
        </div>
      </form>
    </Dialog>
  )
}
