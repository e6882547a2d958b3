import { type Event, eventLimits } from "../../domain/Event.ts"
import { isObject } from "../fields/classifyFields.ts"
import { cleanText, exceedsBytes } from "../fields/text.ts"
import { accept, guarded, quarantine, quarantineValue, Refusal } from "../ReceiveContext.ts"
import { bulkAction, refuseEnvelope } from "./envelopes.ts"
import { type JsonJob, type Steps, takeAll, type Taker } from "./jsonJob.ts"
import { decodeRecord } from "./record.ts"
import { decodeSyslog } from "./syslog.ts"

export const tooLarge = new Refusal("record_too_large", `The record is larger than ${eventLimits.record} bytes.`)

/** Takes one value as a record. `raw` is its text, where it has one of its own. */
export const takeRecord = (value: unknown, raw: string | undefined, job: JsonJob, wrap = true): Steps | undefined => {
  const { arrival: context, into } = job
  const large = raw !== undefined && exceedsBytes(raw, eventLimits.record)
  const result = large ? tooLarge : guarded(into, decodeRecord, value, context)
  if (result instanceof Refusal) return takeRefused(value, result, raw, job, wrap)
  const { index } = job
  const event = index === undefined ? result : { ...result, fields: { ...result.fields, _index: cleanText(index) } }
  accept(into, event, raw, value, context)
  job.index = undefined
  return undefined
}

/** Takes a value that stands in a list. */
export const takeListed: Taker = (value, job) => takeRecord(value, undefined, job)

/** What stands in a list inside a record is a record itself, and no list of more. */
const takeWrapped: Taker = (value, job) => takeRecord(value, undefined, job, false)

/**
 * What is no record may be the line of a `_bulk` body before one, a syslog message in JSON's clothes, or an envelope.
 */
const takeRefused = (
  value: unknown,
  refusal: Refusal,
  raw: string | undefined,
  job: JsonJob,
  wrap: boolean
): Steps | undefined => {
  const { arrival: context, into } = job
  const action = isObject(value) ? bulkAction(value) : undefined
  if (action?.document === true) {
    job.index = action.index
    return undefined
  }
  const envelope = refuseEnvelope(value)
  const wrapped = envelope === undefined && wrap ? wrappedIn(value) : undefined
  if (wrapped !== undefined) return takeAll(wrapped, takeWrapped, job, raw?.length)
  const line = refusal.reason === "missing_hostname" ? syslogLineOf(value) : undefined
  const event: Event | Refusal = line === undefined ? refusal : guarded(into, decodeSyslog, line, context)
  if (!(event instanceof Refusal)) accept(into, event, raw, value, context)
  else if (raw === undefined) quarantineValue(into, envelope ?? refusal, value, context)
  else quarantine(into, envelope ?? refusal, raw, context)
  return undefined
}

/** The records of an object that is nothing but a list of them under a name that the operator chose. */
const wrappedIn = (value: unknown): ReadonlyArray<unknown> | undefined => {
  const [list, ...others] = isObject(value) ? Object.values(value) : []
  return others.length === 0 && Array.isArray(list) && list.length > 0 && list.every(isObject) ? list : undefined
}

/** A message with its syslog header, from a shipper that passes on what it got. */
const syslogLineOf = (value: unknown): string | undefined => {
  if (!isObject(value)) return undefined
  const line = value["event"] ?? value["message"] ?? value["log"]
  return typeof line === "string" && /^<\d{1,3}>/.test(line) ? line : undefined
}
