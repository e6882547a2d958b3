import { type Event, eventLimits } from "../../domain/Event.ts"
import { accept, type Arrival, type Decoded, quarantine, Refusal } from "../Arrival.ts"
import { isObject } from "../fields/classifyFields.ts"
import { boundedJson, exceedsSize } from "../fields/normalizeFields.ts"
import { exceedsBytes } from "../fields/text.ts"
import { bulkAction, refuseEnvelope } from "./envelopes.ts"
import { parseJson, type Piece, salvageJson } from "./jsonText.ts"
import { decodeRecord } from "./record.ts"
import { decodeSyslog } from "./syslog.ts"

const tooLarge = new Refusal("record_too_large", `The record is larger than ${eventLimits.record} bytes.`)

/** One body on its way. `limit` is how many records it may hold; nothing is decoded beyond it. */
interface Job {
  readonly into: Decoded
  readonly arrival: Arrival
  readonly limit: number
  readonly large: boolean
  /** The index that the action line of a `_bulk` body names for the next document. */
  index?: string | undefined
}

/**
 * Decodes a body that is one JSON object, an array of them, one on each line, or objects back to back. Each record stands
 * for itself: a broken one, also one cut off at the end, is quarantined alone and the others are events.
 */
export const decodeJson = (body: string, into: Decoded, arrival: Arrival, limit: number): void => {
  const job: Job = { into, arrival, limit, large: body.length > eventLimits.record }
  if (body.startsWith("{")) decodeObjects(body, job)
  else if (body.startsWith("[")) decodeWhole(body, job)
  else decodeLines(body, 0, job)
}

/** An object that spans lines looks like NDJSON until its first line is read. */
const decodeObjects = (body: string, job: Job): void => {
  const end = body.indexOf("\n")
  if (end < 0) return decodeWhole(body, job)
  const head = parseJson(body.slice(0, end))
  if (!head.ok && !looksWhole(head.raw)) return decodeWhole(body, job)
  if (head.ok) take(head, job)
  else decodePieces(head.raw, head, job)
  decodeLines(body, end + 1, job)
}

const decodeLines = (body: string, from: number, job: Job): void => {
  let start = from
  while (start < body.length && hasRoom(job)) {
    const found = body.indexOf("\n", start)
    const end = found < 0 ? body.length : found
    const line = body.slice(start, end)
    start = end + 1
    if (isBlank(line)) continue
    const piece = parseJson(line)
    if (piece.ok) take(piece, job)
    else decodePieces(line, piece, job)
  }
}

const decodeWhole = (body: string, job: Job): void => {
  const piece = parseJson(body)
  if (piece.ok) take(piece, job)
  else decodePieces(body, piece, job)
}

/** Text that does not parse may still hold records; when it holds none, it is one broken record. */
const decodePieces = (text: string, whole: Piece, job: Job): void => {
  const broken: Array<Piece> = []
  let found = false
  for (const piece of salvageJson(text)) {
    if (!hasRoom(job)) return
    if (piece.ok && typeof piece.value === "object") found = true
    if (found) take(piece, job)
    else if (broken.length <= job.limit) broken.push(piece)
  }
  for (const piece of found ? broken : [whole]) take(piece, job)
}

const take = (piece: Piece, job: Job): void => {
  if (!piece.ok) {
    const refusal = exceedsBytes(piece.raw, eventLimits.record) ? tooLarge : new Refusal(piece.reason, piece.detail)
    return quarantine(job.into, refusal, piece.raw, job.arrival)
  }
  const { raw, value } = piece
  if (Array.isArray(value)) return takeAll(value, job)
  const inner = unwrap(value)
  if (inner === undefined) takeRecord(value, raw, job)
  else takeAll(inner, job)
}

const takeAll = (values: ReadonlyArray<unknown>, job: Job): void => {
  for (const value of values) {
    if (!hasRoom(job)) return
    takeRecord(value, undefined, job)
  }
}

const takeRecord = (value: unknown, raw: string | undefined, job: Job): void => {
  const large = job.large &&
    (raw === undefined ? exceedsSize(value, eventLimits.record) : exceedsBytes(raw, eventLimits.record))
  const result = large ? tooLarge : decodeRecord(value, job.arrival)
  if (result instanceof Refusal) return takeRefused(value, result, raw, job)
  const { index } = job
  takeEvent(index === undefined ? result : { ...result, fields: { ...result.fields, _index: index } }, value, raw, job)
  job.index = undefined
}

/** The text of a record inside another is made anew, and only where it is wanted. */
const takeEvent = (event: Event, value: unknown, raw: string | undefined, { arrival, into }: Job): void =>
  accept(into, event, raw ?? (event.decode === undefined ? "" : boundedJson(value)), arrival)

/** What is no record may be the line of a `_bulk` body before one, a syslog message in JSON's clothes, or an envelope. */
const takeRefused = (value: unknown, refusal: Refusal, raw: string | undefined, job: Job): void => {
  const action = isObject(value) ? bulkAction(value) : undefined
  if (action?.document === true) {
    job.index = action.index
    return
  }
  const envelope = refuseEnvelope(value)
  const wrapped = envelope === undefined ? wrappedIn(value) : undefined
  if (wrapped !== undefined) return takeAll(wrapped, job)
  const line = refusal.reason === "missing_hostname" ? syslogLineOf(value) : undefined
  const event = line === undefined ? refusal : decodeSyslog(line, job.arrival)
  if (event instanceof Refusal) {
    quarantine(job.into, envelope ?? refusal, raw ?? boundedJson(value), job.arrival)
  } else takeEvent(event, value, raw, job)
}

/** The records of an object that is nothing but a list of them under a name that the operator chose. */
const wrappedIn = (value: unknown): ReadonlyArray<unknown> | undefined => {
  const [list, ...others] = isObject(value) ? Object.values(value) : []
  return others.length === 0 && Array.isArray(list) && list.length > 0 && list.every(isObject) ? list : undefined
}

/** A message that has its header still: what a shipper sends that passes on what it got. */
const syslogLineOf = (value: unknown): string | undefined => {
  if (!isObject(value)) return undefined
  const line = value["event"] ?? value["message"] ?? value["log"]
  return typeof line === "string" && /^<\d{1,3}>/.test(line) ? line : undefined
}

/**
 * The records inside the envelopes that shippers put around a batch: Kafka REST (`records[].value`), Loki (`streams`) and Telegraf
 * (`metrics`).
 */
const unwrap = (value: unknown): ReadonlyArray<unknown> | undefined => {
  if (typeof value !== "object" || value === null) return undefined
  if ("metrics" in value && Array.isArray(value.metrics)) return value.metrics
  if ("records" in value && Array.isArray(value.records)) return value.records.map(valueOf)
  if ("streams" in value && Array.isArray(value.streams)) return value.streams.flatMap(linesOf)
  return undefined
}

const valueOf = (record: unknown): unknown =>
  typeof record === "object" && record !== null && "value" in record ? record.value : record

const linesOf = (stream: unknown): ReadonlyArray<unknown> => {
  if (typeof stream !== "object" || stream === null) return [stream]
  if (!("values" in stream) || !Array.isArray(stream.values)) return [stream]
  const labels = "stream" in stream && typeof stream.stream === "object" ? stream.stream : {}
  return stream.values.map((line: unknown) =>
    Array.isArray(line)
      ? { ...labels, ...(isObject(line[2]) ? line[2] : {}), timestamp: line[0], message: line[1] }
      : line
  )
}

/** One more than the limit is decoded, so that the caller sees it was passed. */
const hasRoom = ({ into, limit }: Job): boolean => into.events.length + into.quarantined.length <= limit

const looksWhole = (line: string): boolean => /^\{\s*"/.test(line) && line.trimEnd().endsWith("}")
const isBlank = (line: string): boolean => line.length < 3 && line.trim() === ""
