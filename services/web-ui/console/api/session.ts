import { useSyncExternalStore } from "react"
import { learnServerTime } from "./clock.ts"

/** Who is logged in, as `GET /session` says. */
export interface Session {
  readonly caller: string
  readonly role: "ingest" | "viewer" | "operator" | "admin"
  readonly person: string | null
  readonly via: "key" | "oidc"
  readonly idle_until: string | null
  readonly ends_at: string | null
  readonly step_up_until: string | null
  readonly server_time: string
}

/**
 * `unknown` until the server was asked; `ended`: the page waits behind the login; `stale`: a change waits until the key
 * was given again; `out`: there is nothing behind the login.
 */
export type SessionState =
  | { readonly is: "unknown" | "out" | "offline" }
  | { readonly is: "in" | "ended" | "stale"; readonly session: Session }

let state: SessionState = { is: "unknown" }
const listeners = new Set<() => void>()
const waiting = new Set<{ readonly resolve: () => void; readonly reject: (why: GivenUp) => void }>()
const tabs = new BroadcastChannel("mutt-session")

const become = (next: SessionState) => {
  state = next
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const useSession = (): SessionState => useSyncExternalStore(subscribe, () => state)

const sessionUrl = "/api/v1/session"
const json = { "content-type": "application/json" }

/** Asks the server who this is. */
export const learnSession = async (): Promise<void> => {
  try {
    const answer = await fetch(sessionUrl, { headers: { accept: "application/json" } })
    if (answer.ok) {
      const session: Session = await answer.json()
      learnServerTime(session.server_time)
      become({ is: "in", session })
      for (const { resolve } of waiting) resolve()
      waiting.clear()
    } else if (answer.status === 401) {
      become("session" in state ? { is: "ended", session: state.session } : { is: "out" })
    } else become({ is: "offline" })
  } catch {
    if (state.is === "unknown") become({ is: "offline" })
  }
}

/** Says that a request was refused for its login (`ended`) or its age (`stale`), and waits for the key. */
export const sessionWants = (why: "ended" | "stale"): Promise<void> =>
  new Promise((resolve, reject) => {
    waiting.add({ resolve, reject })
    if ("session" in state) become({ is: why, session: state.session })
    else if (state.is === "unknown") become({ is: "out" })
  })

/** Gives up what waits for a fresh key. */
export const leaveStale = (): void => {
  if (state.is !== "stale") return
  for (const { reject } of waiting) reject(new GivenUp())
  waiting.clear()
  become({ is: "in", session: state.session })
}

/** The person did not give the key again. */
export class GivenUp extends Error {
  readonly _tag = "GivenUp"
  readonly detail = "Not done: the key was not given again."
}

const problemOf = async (answer: Response): Promise<string> => {
  if (answer.status === 401) return "This key is not known."
  const body: unknown = await answer.json().catch(() => undefined)
  return typeof body === "object" && body !== null && "detail" in body && typeof body.detail === "string"
    ? body.detail
    : `The server answered ${answer.status}.`
}

const post = async (path: string, body: object): Promise<string | undefined> => {
  try {
    const answer = await fetch(path, { method: "POST", headers: json, body: JSON.stringify(body) })
    return answer.ok ? undefined : await problemOf(answer)
  } catch {
    return "The server does not answer. Try again."
  }
}

/** Logs in; says what is wrong when it fails. */
export const logIn = async (
  credentials: { readonly key: string; readonly person: string; readonly wall?: boolean } | { readonly link: string }
): Promise<string | undefined> => {
  const body = "key" in credentials && credentials.person === ""
    ? { key: credentials.key, ...(credentials.wall === true ? { wall: true } : {}) }
    : credentials
  const wrong = await post(sessionUrl, body)
  if (wrong !== undefined) return wrong
  await learnSession()
  tabs.postMessage("in")
  return undefined
}

/** Gives the key again, for changes that want it fresh. */
export const stepUp = async (key: string): Promise<string | undefined> => {
  const wrong = await post(`${sessionUrl}/step-up`, { key })
  if (wrong === undefined) await learnSession()
  return wrong
}

export const logOut = async (): Promise<void> => {
  await fetch(sessionUrl, { method: "DELETE", headers: json, body: "{}" }).catch(() => undefined)
  become({ is: "out" })
  tabs.postMessage("out")
}

tabs.addEventListener("message", ({ data }) => {
  if (data === "out") become({ is: "out" })
  else if (state.is !== "in") void learnSession()
})
