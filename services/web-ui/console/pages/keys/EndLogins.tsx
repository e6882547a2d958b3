import { type FormEvent, useState } from "react"
import { ask } from "../../api/client.ts"
import { now } from "../../api/clock.ts"
import { queries, useAsk } from "../../api/query.ts"
import { learnSession } from "../../api/session.ts"
import { Dialog } from "../../parts/Dialog.tsx"
import { Reason, rememberReason } from "../../parts/Reason.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { useWork } from "../../parts/useWork.ts"
import { notify } from "../../shell/Notices.tsx"

const key = "session_not_before"

/** Ends every login of the console, this one too: it sets the time before which none counts. */
export const EndLogins = ({ close }: { readonly close: () => void }) => {
  const read = useAsk(["config", "get", key], (api) => api.settings.get({ params: { key } }))
  const [reason, setReason] = useState("")
  const { busy, during, trouble } = useWork()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void during(async () => {
      // Without If-Match, as whoever else ends all logins wants the same; with the time at which it is sent, as somebody
      // may have to log in before.
      await ask((api) =>
        api.settings.set({
          params: { key },
          headers: {},
          query: { wait: "all" },
          payload: { value: new Date(now()).toISOString(), ...(reason.trim() === "" ? {} : { reason: reason.trim() }) }
        })
      )
      rememberReason(reason)
      close()
      notify("All logins have ended.")
      void queries.invalidateQueries({ queryKey: ["config"] })
      await learnSession()
    })
  }
  return (
    <Dialog title="End all logins now" close={close}>
      <form onSubmit={submit}>
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
        {trouble !== undefined && <Trouble of={trouble} />}
        <div className="actions">
          <button type="button" onClick={close}>Cancel</button>
          <button type="submit" className="danger" disabled={busy}>End all logins</button>
        </div>
      </form>
    </Dialog>
  )
}
