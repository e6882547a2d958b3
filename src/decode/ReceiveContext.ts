import type { Misread, Misreading } from "../domain/DecodeReport.ts"
import type { DecodeNote, Event, EventSource, Quarantined, QuarantineReason, ReadAs } from "../domain/Event.ts"
import { Budget } from "./Budget.ts"
import { boundedJson, isDeep } from "./fields/boundedJson.ts"
import { cleanText } from "./fields/text.ts"
import type { TimeZone } from "./fields/timeZone.ts"
import type { TrapNames } from "./fields/trapNames.ts"

/** What is known of a record before it is read: who sent it, and when it arrived. */
export interface ReceiveContext {
  /** Epoch milliseconds. */
  readonly at: number
  /** The same, RFC 3339. */
  readonly receivedAt: string
  readonly correlationId: string
  readonly sender: string
  /** Source of an event whose record does not say. */
  readonly source: EventSource
  /** Address of the peer, where the peer is the device. */
  readonly peer?: string | undefined
  /** Address of who posted the body: the device itself where that posts plain lines. */
  readonly poster?: string | undefined
  /** The zone of times without one. Without it they are of UTC. */
  readonly zoneOf?: ((hostname: string | undefined) => TimeZone) | undefined
  /** Names of traps and variables that this site added. */
  readonly trapNames?: TrapNames | undefined
  /** What was noted before the text was read. */
  readonly notes?: ReadonlyArray<DecodeNote> | undefined
  /** How a record of it is read, should it be refused. Without it: a message over syslog, JSON else. */
  readonly readAs?: Pick<ReadAs, "as" | "headers"> | undefined
  /** Goes with each event whose trace is told. */
  readonly traceparent?: string | undefined
  readonly newId: () => string
}

/** Why a record did not become an event. */
export class Refusal {
  readonly reason: QuarantineReason
  readonly detail: string
  constructor(reason: QuarantineReason, detail: string) {
    this.reason = reason
    this.detail = detail
  }
}

/** The records of one body: each is either an event or quarantined. */
export interface Decoded {
  readonly events: Array<Event>
  readonly quarantined: Array<Quarantined>
  /** The events as JSON, in their order: what the queue takes. */
  readonly texts: Array<string>
  /** What all of it is charged to. */
  readonly budget: Budget
  /**
   * Those of both that were not understood whole; absent while there are none, so that they cost nothing where none is.
   */
  misread?: Array<Misread>
  /** What a decoder threw, the newest. */
  failure?: unknown
}

export const emptyDecoded = (budget: Budget = new Budget(Infinity, Infinity)): Decoded => ({
  events: [],
  quarantined: [],
  texts: [],
  budget
})

/** Forgets what was decoded; what it cost stays spent. */
export const forget = (decoded: Decoded): void => {
  for (const list of [decoded.events, decoded.quarantined, decoded.texts]) list.length = 0
  delete decoded.misread
}

/** May another record be decoded? One beyond the limit may, so that the caller sees it was passed. */
export const hasRoom = ({ budget, events, quarantined }: Decoded): boolean =>
  events.length + quarantined.length <= budget.records

/** Characters of a refused record that are kept. */
export const rawLimit = 16_384
/** The same of one that would be more than its request may become. */
const shortRaw = 256

const expands = new Refusal("expands_too_much", "With it the request would become many times larger than it came.")

/** Accepts or quarantines one result. `raw` is the record as it came; `cut` says that its end is missing. */
export const keep = (
  decoded: Decoded,
  result: Event | Refusal,
  raw: string,
  context: ReceiveContext,
  cut?: boolean
): void => {
  if (result instanceof Refusal) quarantine(decoded, result, raw, context, cut)
  else accept(decoded, result, raw, undefined, context)
}

/** Takes an event. Without `raw` its text is made of `value`, and only where it is wanted. */
export const accept = (
  decoded: Decoded,
  event: Event,
  raw: string | undefined,
  value: unknown,
  context: ReceiveContext
): void => {
  const text = JSON.stringify(event)
  if (!decoded.budget.takes(text)) {
    return raw === undefined
      ? quarantineValue(decoded, expands, value, context)
      : quarantine(decoded, expands, raw, context)
  }
  decoded.events.push(event)
  // After the budget was asked: whether an event is taken does not depend on its being traced.
  decoded.texts.push(context.traceparent === undefined ? text : traced(text, context.traceparent))
  if (event.decode !== undefined) {
    const address = event.sourceIp ?? addressOf(context)
    note(decoded, event.hostname, address, event.decode, raw ?? boundedJson(value), context)
  }
}

/** Neither needs escapes: the text is an object with members, and the other of hexadecimal digits. */
const traced = (text: string, traceparent: string): string => `${text.slice(0, -1)},"traceparent":"${traceparent}"}`

/** The same of a value that has no text of its own. What lies too deep in it is not kept. */
export const quarantineValue = (decoded: Decoded, refusal: Refusal, value: unknown, context: ReceiveContext): void =>
  quarantine(decoded, refusal, boundedJson(value), context, isDeep(value))

export const quarantine = (
  decoded: Decoded,
  refusal: Refusal,
  raw: string,
  context: ReceiveContext,
  cut = false
): void => {
  const record = quarantinedOf(refusal, raw, context, cut)
  const fits = record.raw.length <= shortRaw || decoded.budget.takes(JSON.stringify(record.raw))
  decoded.quarantined.push(
    fits ? record : { ...record, raw: record.raw.slice(0, shortRaw).toWellFormed(), cut: true }
  )
  const address = addressOf(context)
  note(decoded, address ?? context.sender, address, [refusal.reason], raw, context)
}

/**
 * Runs the decoder of one record. What it throws is a fault of ours: the record is quarantined like any other that
 * can't be read, and the others go on.
 */
export const guarded = <A>(
  decoded: Decoded,
  decoder: (input: A, context: ReceiveContext, cut?: boolean) => Event | Refusal,
  input: A,
  context: ReceiveContext,
  cut?: boolean
): Event | Refusal => {
  try {
    return decoder(input, context, cut)
  } catch (cause) {
    return failed(decoded, cause)
  }
}

/** Why a record is refused that made a decoder throw. */
export const failed = (decoded: Decoded, cause: unknown): Refusal => {
  decoded.failure = cause
  return new Refusal("decoder_failed", `A decoder failed: ${cause instanceof Error ? cause.message : String(cause)}`)
}

const addressOf = ({ peer, poster }: ReceiveContext): string | undefined => peer ?? poster

const note = (
  decoded: Decoded,
  hostname: string,
  peer: string | undefined,
  what: ReadonlyArray<Misreading>,
  raw: string,
  { at }: ReceiveContext
): void => {
  const misread = { hostname, peer, what, at, raw }
  if (decoded.misread === undefined) decoded.misread = [misread]
  else decoded.misread.push(misread)
}

const detailLimit = 200

const quarantinedOf = (refusal: Refusal, raw: string, context: ReceiveContext, cut = false): Quarantined => ({
  id: context.newId(),
  correlationId: context.correlationId,
  sender: context.sender,
  ...(context.peer === undefined ? {} : { peer: context.peer }),
  receivedAt: context.receivedAt,
  reason: refusal.reason,
  detail: cleanText(refusal.detail.slice(0, detailLimit)),
  raw: raw.slice(0, rawLimit).toWellFormed(),
  ...(cut || raw.length > rawLimit ? { cut: true } : {}),
  read: readOf(context)
})

const readOf = ({ notes, poster, readAs, source }: ReceiveContext): ReadAs => ({
  as: readAs?.as ?? (source === "syslog" ? "line" : "json"),
  source,
  ...(poster === undefined ? {} : { poster }),
  ...(readAs?.headers === undefined ? {} : { headers: readAs.headers }),
  ...(notes === undefined ? {} : { notes })
})
