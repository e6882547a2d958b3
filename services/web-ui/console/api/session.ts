import { useSyncExternalStore } from "react"
import { attendance } from "./attended.ts"
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
  readonly plain_http: boolean
}

/** How people log in here, as `GET /session/ways` says. */
export interface LoginWays {
  readonly oidc: boolean
  readonly plain_http: boolean
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

/** Lets go of what waits. */
const release = (why?: GivenUp) => {
  for (const { reject, resolve } of waiting) {
    if (why === undefined) resolve()
    else reject(why)
  }
  waiting.clear()
}

const isSame = (a: Session, b: Session): boolean => a.caller === b.caller && a.person === b.person && a.role === b.role

/** Its key was shown too long ago for what needs an admin. */
const isStale = ({ server_time, step_up_until }: Session): boolean =>
  step_up_until !== null && Date.parse(step_up_until) <= Date.parse(server_time)

/** Asks the server who this is. What waited for a login goes on, unless it is somebody else's. */
export const learnSession = async (): Promise<void> => {
  try {
    const answer = await fetch(sessionUrl, { headers: { accept: "application/json", ...attendance() } })
    if (answer.ok) {
      const session: Session = await answer.json()
      learnServerTime(session.server_time)
      const before = "session" in state ? state.session : undefined
      if (state.is === "stale" && isStale(session)) return become({ is: "stale", session })
      become({ is: "in", session })
      release(before === undefined || isSame(before, session) ? undefined : new GivenUp("Somebody else has logged in."))
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
  release(new GivenUp("The key was not given again."))
  become({ is: "in", session: state.session })
}

/** Logs in anew before the login ends. */
export const logInEarly = (): void => {
  if (state.is === "in") become({ is: "ended", session: state.session })
}

/** It waited for a login that did not come. */
export class GivenUp extends Error {
  readonly _tag = "GivenUp"
  readonly detail: string
  constructor(why: string) {
    super(why)
    this.detail = `Not done. ${why}`
  }
}

const leave = () => {
  become({ is: "out" })
  release(new GivenUp("The login was left."))
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
  credentials: { readonly key: string; readonly person: string; readonly wall: boolean } | { readonly link: string }
): Promise<string | undefined> => {
  const body = "link" in credentials ? credentials : {
    key: credentials.key,
    ...(credentials.person === "" ? {} : { person: credentials.person }),
    ...(credentials.wall ? { wall: true } : {})
  }
  const wrong = await post(sessionUrl, body)
  if (wrong !== undefined) return wrong
  await learnSession()
  tellTabs()
  return undefined
}

/** Tells the other tabs that somebody has logged in, as by the provider. */
export const tellTabs = (): void => {
  if (state.is === "in") tabs.postMessage("in")
}

export const loginWays = async (): Promise<LoginWays | undefined> => {
  try {
    const answer = await fetch(`${sessionUrl}/ways`, { headers: { accept: "application/json" } })
    return answer.ok ? await answer.json() : undefined
  } catch {
    return undefined
  }
}

/** Gives the key again, for changes that want it fresh. */
export const stepUp = async (key: string): Promise<string | undefined> => {
  const wrong = await post(`${sessionUrl}/step-up`, { key })
  if (wrong === undefined) await learnSession()
  return wrong
}

export const logOut = async (): Promise<void> => {
  await fetch(sessionUrl, { method: "DELETE", headers: json, body: "{}" }).catch(() => undefined)
  leave()
  tabs.postMessage("out")
}

/** All tabs share the cookie: who logs in or out in one does so in all. */
tabs.addEventListener("message", ({ data }) => {
  if (data === "out") leave()
  else void learnSession()
})
