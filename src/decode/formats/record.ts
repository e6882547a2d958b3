import { type Event, eventLimits, type EventSource } from "../../domain/Event.ts"
import { parseSeverity } from "../../domain/Severity.ts"
import { classifyFields, type Extra, isObject } from "../fields/classifyFields.ts"
import { facilityNames } from "../fields/facility.ts"
import { slotOf } from "../fields/fieldAliases.ts"
import { severityOf } from "../fields/fieldValue.ts"
import { normalizeFields } from "../fields/normalizeFields.ts"
import { notesOf } from "../fields/notes.ts"
import { cleanText, cutMessage } from "../fields/text.ts"
import { formatTime, isUnset, readTime } from "../fields/timestamp.ts"
import { utc } from "../fields/timeZone.ts"
import { readTrapLog } from "../fields/trap.ts"
import { type ReceiveContext, Refusal } from "../ReceiveContext.ts"
import { type EventDraft, longHostname } from "./EventDraft.ts"
import { loggerSeverity, underscoresOf, unfold } from "./shippers.ts"
import { trapMessage, trapOidOf } from "./trapRecord.ts"

const notAnObject = new Refusal("not_an_object", "A record is a JSON object.")
const noHostname = new Refusal("missing_hostname", "No host name and no source address under any known name.")
const noMessage = new Refusal("missing_message", "No message under any known name.")

/**
 * Decodes one JSON value into an event.
 *
 * Lenient about names (see `fieldAliases.ts`), strict about what an event must have: a host (its name, its address, or
 * the peer where that is the device) and a message, or for a trap its variables. Names that begin with `_` are the
 * pipeline's own and are dropped, except those of GELF and journald. Whatever else a client sends stays among the
 * fields and overrides nothing, not even `id`.
 */
export const decodeRecord = (value: unknown, context: ReceiveContext): Event | Refusal => {
  if (!isObject(value)) return notAnObject
  const record = unfold(value)
  const { extras, held, time: writtenTime, unreadSeverity, unreadTime } = classifyFields(record, context, underscoresOf)

  const program = text(held[slotOf.program])
  const said = text(held[slotOf.message])
  const logged = said !== undefined && program?.startsWith("snmptrapd") === true && held[slotOf.kind] !== "snmp"
    ? readTrapLog(said, context.trapNames)
    : undefined
  const trapOid = text(held[slotOf.trapOid]) ?? logged?.oid ?? trapOidOf(record, context.trapNames)
  const address = logged?.address ?? text(held[slotOf.sourceIp]) ?? context.peer

  const hostname = logged?.hostname ?? text(held[slotOf.hostname]) ?? address
  if (hostname === undefined) return noHostname
  if (hostname.length > eventLimits.hostname) return longHostname

  const source = sourceOf(held[slotOf.kind], trapOid, logged !== undefined, context.source)
  const message = said ?? (source === "snmp" || trapOid !== undefined ? trapMessage(trapOid, extras) : undefined)
  if (message === undefined) return noMessage
  const long = message.length > eventLimits.message
  if (long) extras.push(["message_truncated", message.length])

  const time = timeOf(held[slotOf.timestamp], writtenTime, hostname, context)
  const unset = time !== undefined && isUnset(time, context.at) && typeof writtenTime !== "undefined" &&
    isDated(writtenTime)
  const event: EventDraft = {
    id: context.newId(),
    correlationId: context.correlationId,
    source,
    sender: context.sender,
    receivedAt: context.receivedAt,
    timestamp: time === undefined || unset ? context.receivedAt : formatTime(time),
    hostname,
    message: long ? cutMessage(message) : message
  }
  if (unset) event.timestampText = cleanText(String(writtenTime).slice(0, 255))
  else if (time === undefined && unreadTime !== undefined) event.timestampText = unreadTime
  const priority = held[slotOf.priority]
  const severity = parseSeverity(held[slotOf.severity]) ?? loggerSeverity(record)
    ?? severityOf(typeof priority === "number" ? priority : undefined)
  if (severity !== undefined) event.severity = severity
  if (trapOid !== undefined) event.trapOid = trapOid
  const facility = text(held[slotOf.facility]) ??
    (typeof priority === "number" ? facilityNames[priority >> 3] : undefined)
  if (facility !== undefined) event.facility = facility
  if (program !== undefined) event.program = program
  if (address !== undefined) event.sourceIp = address
  if (extras.length > 0) {
    const fields = normalizeFields(source === "snmp" ? extras.filter(isPublic) : extras)
    if (fields instanceof Refusal) return fields
    event.fields = fields
  }
  const unread = time === undefined && unreadTime !== undefined
  const dropped = extras.length > eventLimits.fields
  const unnamed = source === "snmp" && trapOid === undefined
  if (unset || unread || unreadSeverity || long || dropped || context.notes !== undefined || unnamed) {
    const notes = notesOf(
      context.notes,
      unread ? "time_unread" : undefined,
      unset ? "clock_not_set" : undefined,
      unreadSeverity && severity === undefined ? "severity_unread" : undefined,
      unnamed ? "trap_name_unknown" : undefined,
      long ? "message_truncated" : undefined,
      dropped ? "fields_dropped" : undefined
    )
    if (notes.length > 0) event.decode = notes
  }
  return event
}

/** The time once more, by the host's zone, where the host has one. */
const timeOf = (read: unknown, written: unknown, hostname: string, context: ReceiveContext): number | undefined => {
  if (typeof read !== "number") return undefined
  const zone = context.zoneOf?.(hostname)
  return zone === undefined || zone === utc ? read : readTime(written, context.at, zone) ?? read
}

/** A time without a year is put near its arrival and cannot tell that a clock is not set. */
const isDated = (written: unknown): boolean =>
  typeof written !== "string" || !/^[A-Za-z]{3,9}\.? {1,2}\d{1,2} \d\d:/.test(written)

const sourceOf = (kind: unknown, trapOid: string | undefined, logged: boolean, otherwise: EventSource): EventSource =>
  trapOid !== undefined || logged || kind === "snmp" ? "snmp" : kind === "syslog" ? "syslog" : otherwise

/** The community of a trap is a credential: it is kept nowhere. */
const isPublic = ([key]: Extra): boolean => key !== "community"

const text = (value: unknown): string | undefined => typeof value === "string" ? value : undefined
