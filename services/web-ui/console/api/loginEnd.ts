/** The times of a login, as `GET /session` says them. */
interface Times {
  readonly idle_until: string | null
  readonly ends_at: string | null
}

export interface LoginEnd {
  /** Milliseconds since 1970, by the server's clock. */
  readonly at: number
  /** Any use of the login puts it off; else it is the end however much the login is used. */
  readonly isIdle: boolean
}

/** When a login ends unless somebody uses it; `undefined`: never. */
export const endOf = ({ ends_at, idle_until }: Times): LoginEnd | undefined => {
  const idle = idle_until === null ? Infinity : Date.parse(idle_until)
  const last = ends_at === null ? Infinity : Date.parse(ends_at)
  const at = Math.min(idle, last)
  return Number.isFinite(at) ? { at, isIdle: idle < last } : undefined
}

/** People are told so long before. */
export const warnMs = 120_000
/** Other tabs may have used the login: before anybody is told, the server is asked. */
const askMs = warnMs + 5_000

/** What is due at this time: to ask the server for the end, to tell people of it, or nothing. */
export const dueOf = (end: LoginEnd, now: number, askedAt: number): "ask" | "tell" | undefined => {
  const left = end.at - now
  if (left > askMs) return undefined
  // Asked since the end came near, and again when it has come.
  const isKnown = askedAt >= end.at - askMs && (left > 0 || askedAt >= end.at)
  return isKnown ? left > 0 && left <= warnMs ? "tell" : undefined : "ask"
}
