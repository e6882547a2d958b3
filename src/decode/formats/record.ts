import { type Event, eventLimits, type EventSource } from "../../domain/Event.ts"
import { parseSeverity } from "../../domain/Severity.ts"
import { type Arrival, Refusal } from "../Arrival.ts"
import { fieldAliases, slotOf } from "../fields/fieldAliases.ts"
import { readFieldValue } from "../fields/fieldValue.ts"
import { boundedJson, normalizeFields } from "../fields/normalizeFields.ts"
import { cleanText, cutMessage } from "../fields/text.ts"
import { formatTime } from "../fields/timestamp.ts"
import { describeTrap, readTrapLog, readVarbinds } from "../fields/trap.ts"

type Draft = { -readonly [K in keyof Event]: Event[K] }
type Extra = readonly [string, unknown]

const notAnObject = new Refusal("not_an_object", "A record is a JSON object.")
const noHostname = new Refusal("missing_hostname", "No host name and no source address under any known name.")
const noMessage = new Refusal("missing_message", "No message under any known name.")
const longHostname = new Refusal(
  "hostname_too_long",
  `The host name is longer than ${eventLimits.hostname} characters.`
)

/**
 * One JSON value → an event, or why not.
 *
 * Lenient about names and fieldAliases (see `fieldAliases.ts`), strict about what an event must have: a host (its name, its address, or the
 * peer where that is the device) and a message, or for a trap its variables. Names that begin with `_` are the pipeline's own
 * and are left out; whatever else a client sends stays among the fields and overrides nothing, an `id` included.
 */
export const decodeRecord = (record: unknown, arrival: Arrival): Event | Refusal => {
  if (!isObject(record)) return notAnObject
  const { extras, held, unreadTime } = classifyFields(record, arrival)

  const program = text(held[slotOf.program])
  const said = text(held[slotOf.message])
  const logged = said !== undefined && program?.startsWith("snmptrapd") === true ? readTrapLog(said) : undefined
  const trapOid = text(held[slotOf.trapOid]) ?? logged?.oid
  const address = logged?.address ?? text(held[slotOf.sourceIp]) ?? arrival.peer

  const hostname = logged?.address ?? text(held[slotOf.hostname]) ?? address
  if (hostname === undefined) return noHostname
  if (hostname.length > eventLimits.hostname) return longHostname

  const source = sourceOf(held[slotOf.kind], trapOid, arrival.source)
  const message = said ?? (source === "snmp" ? trapMessage(trapOid, extras) : undefined)
  if (message === undefined) return noMessage
  if (message.length > eventLimits.message) extras.push(["message_truncated", message.length])

  const time = held[slotOf.timestamp]
  const event: Draft = {
    id: arrival.newId(),
    correlationId: arrival.correlationId,
    source,
    sender: arrival.sender,
    receivedAt: arrival.receivedAt,
    timestamp: typeof time === "number" ? formatTime(time) : arrival.receivedAt,
    hostname,
    message: message.length > eventLimits.message ? cutMessage(message) : message
  }
  if (time === undefined && unreadTime !== undefined) event.timestampText = unreadTime
  const severity = parseSeverity(held[slotOf.severity])
  if (severity !== undefined) event.severity = severity
  if (trapOid !== undefined) event.trapOid = trapOid
  const facility = text(held[slotOf.facility])
  if (facility !== undefined) event.facility = facility
  if (program !== undefined) event.program = program
  if (address !== undefined) event.sourceIp = address
  if (extras.length > 0) {
    const fields = normalizeFields(extras)
    if (fields instanceof Refusal) return fields
    event.fields = fields
  }
  return event
}

interface Sorted {
  /** Slot → what it says. */
  readonly held: ReadonlyArray<unknown>
  readonly extras: Array<Extra>
  readonly unreadTime: string | undefined
}

/** Gives each key to its slot or to the fields; of several fieldAliases of one slot the best that can be read wins. */
const classifyFields = (record: Readonly<Record<string, unknown>>, arrival: Arrival): Sorted => {
  const held: Array<unknown> = []
  const winners: Array<{ readonly rank: number; readonly key: string } | undefined> = []
  const extras: Array<Extra> = []
  let unreadTime: string | undefined

  for (const key of Object.keys(record)) {
    const value = record[key]
    const spelling = fieldAliases.get(key)
    if (spelling === undefined) {
      if (!key.startsWith("_")) extras.push([key, value])
      continue
    }
    if (value === null || value === undefined || value === "") continue
    const { rank, slot } = spelling
    const read = readFieldValue(slot, key, value, arrival)
    const winner = winners[slot]
    if (read === undefined) {
      if (slot === slotOf.timestamp && unreadTime === undefined) unreadTime = printScalar(value)
      else extras.push([key, value])
    } else if (winner !== undefined && winner.rank <= rank) extras.push([key, value])
    else {
      if (winner !== undefined) extras.push([winner.key, record[winner.key]])
      winners[slot] = { rank, key }
      held[slot] = read
    }
  }
  return { held, extras, unreadTime }
}

const sourceOf = (kind: unknown, trapOid: string | undefined, otherwise: EventSource): EventSource =>
  trapOid !== undefined || kind === "snmp" ? "snmp" : kind === "syslog" ? "syslog" : otherwise

const trapMessage = (trapOid: string | undefined, extras: ReadonlyArray<Extra>): string | undefined => {
  const variables = extras.find(([key]) => key === "variables" || key === "varbinds")?.[1]
  return trapOid === undefined && variables === undefined ? undefined : describeTrap(trapOid, readVarbinds(variables))
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const text = (value: unknown): string | undefined => typeof value === "string" ? value : undefined
const printScalar = (value: unknown): string =>
  typeof value === "string" ? cleanText(value).slice(0, 255) : boundedJson(value).slice(0, 255)
