import type { Answer } from "../HttpTransport.ts"
import type { DeliveryResult } from "../Receiver.ts"
import { retryAfterMs } from "../retryAfter.ts"

/** What one request came to. `refused`: Moogsoft does not accept this key. */
export type RequestResult = DeliveryResult | { readonly _tag: "refused"; readonly status: number }

export const retry = (
  reason: (DeliveryResult & { readonly _tag: "retry" })["reason"],
  detail: string,
  retryAfterMs?: number
): DeliveryResult => ({ _tag: "retry", reason, detail, retryAfterMs })

/** The statuses that say that this alert, and not another, will never be taken as it is. */
const finalStatuses: ReadonlySet<number> = new Set([400, 409, 413, 422])

/** Says what an answer means for the alert. `redact` makes foreign text fit for the log. */
export const classify = (answer: Answer, now: number, redact: (text: string) => string): RequestResult => {
  const { end, retryAfter, start, status } = answer
  const detail = start === "" ? `HTTP ${status}` : `HTTP ${status}: ${redact(start)}`
  const again = (reason: "rate_limit" | "http" | "gateway") => retry(reason, detail, retryAfterMs(retryAfter, now))
  // Half an answer is not trusted: an alert that was taken twice is known by its id, one that was not taken is lost.
  if (end === "cut" && status < 500) return retry("connection", `${detail} (cut off)`)
  if (isForeign(answer) && status < 500) return again("gateway")
  if (status >= 200 && status < 300) return { _tag: "delivered", status }
  if (status === 401 || status === 403) return { _tag: "refused", status }
  if (status === 429) return again("rate_limit")
  if (status === 408 || status === 425 || status >= 500) return again("http")
  return finalStatuses.has(status) ? { _tag: "rejected", reason: "http", detail } : again("gateway")
}

/**
 * No program that takes alerts answers like this, whatever the status: a page for people, JSON in name only, binary, or
 * a body that says nothing within a second and goes on.
 */
const isForeign = ({ contentType = "", end, start }: Answer): boolean => {
  const text = start.trimStart()
  if (end === "open" && (text === "" || text.startsWith("<"))) return true
  if (/^(?:text\/html|application\/xhtml)/i.test(contentType) || /^<(?:!doctype|html|head|body|script)\b/i.test(text)) {
    return true
  }
  if (controlCharacter.test(text)) return true
  return /[/+]json\b/i.test(contentType) && text !== "" && !/^[[{"\d\-tfn]/.test(text)
}

/** Accents in another encoding are text. */
const controlCharacter = /[^\P{Cc}\s]/u
