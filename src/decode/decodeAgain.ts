import type { EventSource, Quarantined, ReadAs } from "../domain/Event.ts"
import { inOneGo } from "../logic/steps.ts"
import { Budget } from "./Budget.ts"
import { decodeBody } from "./formats/body.ts"
import { decodeJson } from "./formats/json.ts"
import { decodeSyslog } from "./formats/syslog.ts"
import { type Decoded, emptyDecoded, guarded, keep, rawLimit, type ReceiveContext } from "./ReceiveContext.ts"

/** What decoding a quarantined record once more gives. */
type Again =
  /** Its events, as the queue takes them. */
  | { readonly _tag: "readable"; readonly texts: ReadonlyArray<string> }
  /** Still refused, and why. */
  | { readonly _tag: "unreadable"; readonly reason: string; readonly detail: string }
  /** The whole record was not kept. */
  | { readonly _tag: "cut" }

/** What this site says of how to read. */
type Site = Pick<ReceiveContext, "zoneOf" | "trapNames">

/** Records that one quarantined record may hold: no text that is kept has more. */
const most = rawLimit

/** What releases cut that did not say so: records of exactly these lengths. */
const oldLimits: ReadonlySet<number> = new Set([256, rawLimit])

/**
 * Decodes a quarantined record once more, as of when it arrived. It becomes events as a whole or not at all. Its first
 * event has the record's id, and further ones have ids that follow from it, so that decoding it twice gives the same
 * ids.
 */
export const decodeAgain = (record: Quarantined, site: Site): Again => {
  const { raw } = record
  if (record.cut === true || (record.read === undefined && oldLimits.has(raw.length))) return { _tag: "cut" }
  const read = record.read ?? readOf(record.sender)
  const { events, quarantined: [refused], texts } = decoded(raw, read, arrivalOf(record, read, site))
  if (refused !== undefined) return { _tag: "unreadable", reason: refused.reason, detail: refused.detail }
  if (events.length === 0) return { _tag: "unreadable", reason: record.reason, detail: "It holds no record." }
  return {
    _tag: "readable",
    texts: texts.map((text, index) =>
      index === 0 ? text : JSON.stringify({ ...events[index], id: following(record.id, index) })
    )
  }
}

const decoded = (raw: string, { as, headers = {} }: ReadAs, context: ReceiveContext): Decoded => {
  if (as === "body") return decodeBody(raw, headers, context, most)
  const into = emptyDecoded(new Budget(raw.length, most))
  if (as === "line") keep(into, guarded(into, decodeSyslog, raw, context), raw, context)
  else {
    const steps = decodeJson(raw, into, context)
    if (steps !== undefined) inOneGo(steps)
  }
  return into
}

/** What an earlier release kept does not say how it came; its sender does. */
const readOf = (sender: string): ReadAs => {
  const source: EventSource = sender.startsWith("syslog/") ? "syslog" : "http"
  return source === "syslog" ? { as: "line", source } : { as: "body", source }
}

const arrivalOf = (record: Quarantined, { notes, poster, source }: ReadAs, site: Site): ReceiveContext => ({
  ...site,
  at: Date.parse(record.receivedAt),
  receivedAt: record.receivedAt,
  correlationId: record.correlationId,
  sender: record.sender,
  source,
  peer: record.peer,
  poster,
  notes,
  newId: () => record.id
})

const tail = 0x1_0000_0000_0000

/** The id so many after one: it differs in the random end. */
const following = (id: string, index: number): string =>
  id.slice(0, -12) + ((Number.parseInt(id.slice(-12), 16) + index) % tail).toString(16).padStart(12, "0")
