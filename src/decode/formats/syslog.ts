import { type Event, eventLimits } from "../../domain/Event.ts"
import type { Severity } from "../../domain/Severity.ts"
import { isDigit } from "../characters.ts"
import { facilityNames } from "../fields/facility.ts"
import { type Fields, normalizeFields } from "../fields/normalizeFields.ts"
import { notesOf } from "../fields/notes.ts"
import { placeStamp } from "../fields/stamp.ts"
import { cleanHostname, cleanMessage, cleanText, cutMessage } from "../fields/text.ts"
import { formatTime } from "../fields/timestamp.ts"
import { readTrapLog } from "../fields/trap.ts"
import { type ReceiveContext, Refusal } from "../ReceiveContext.ts"
import { type EventDraft, longHostname } from "./EventDraft.ts"
import { namesDevice, readKeyValue } from "./keyValue.ts"
import { readRfc3164 } from "./rfc3164.ts"
import { readRfc5424 } from "./rfc5424.ts"
import type { SyslogParts } from "./SyslogParts.ts"

const severities: ReadonlyArray<Severity> = [0, 1, 2, 3, 4, 5, 6, 7]
/** What RFC 3164 §4.3.3 makes of a message without priority: user.notice. */
const defaultPriority = 13

const empty = new Refusal("missing_message", "The message is empty.")
const noHostname = new Refusal("missing_hostname", "No host name, and the peer is not known.")
const binary = new Refusal("not_syslog", "Neither a priority nor printable text.")
const http = new Refusal("not_syslog", "An HTTP request on the syslog port.")

/**
 * Decodes one syslog message: RFC 5424, RFC 3164, and what devices send in their place. Without a readable header it is
 * a message of the peer, as RFC 3164 says; only what is not text is refused. `cut` marks a message that lost its end on
 * the way.
 */
export const decodeSyslog = (raw: string, context: ReceiveContext, cut = false): Event | Refusal => {
  const line = raw.charCodeAt(0) === 0xfeff ? raw.slice(1) : raw
  const start = afterPriority(line)
  if (start === 0 && unprintable.test(line)) return binary
  if (start === 0 && isHttpRequest(line)) return http
  const priority = start === 0 ? defaultPriority : numberIn(line, 1, start - 1)
  const parts = readRfc5424(line, start, context.at) ?? readRfc3164(line, start, context.at)

  const message = cleanMessage(parts.message)
  if (message === "" || message.charCodeAt(0) === 32 && message.trimStart() === "") return empty
  const trap = parts.program?.startsWith("snmptrapd") === true ? readTrapLog(message, context.trapNames) : undefined
  const body = line.length - parts.message.length
  const header = trap === undefined && (parts.hostname === undefined || namesDevice(line, body))
    ? readKeyValue(line, body, context)
    : undefined
  const written = header?.hostname ?? parts.hostname
  const named = written === undefined ? "" : cleanHostname(written)
  const hostname = trap?.hostname ?? (named === "" ? context.peer : named)
  if (hostname === undefined) return noHostname
  if (hostname.length > eventLimits.hostname) return longHostname

  const { stamp } = parts
  const moment = stamp === undefined ? undefined : placeStamp(stamp, hostname, context)
  const event: EventDraft = {
    id: context.newId(),
    correlationId: context.correlationId,
    source: trap === undefined ? "syslog" : "snmp",
    sender: context.sender,
    receivedAt: context.receivedAt,
    timestamp: moment?.timestamp ?? (header?.millis === undefined ? context.receivedAt : formatTime(header.millis)),
    hostname,
    message: message.length > eventLimits.message ? cutMessage(message) : message
  }
  if (stamp !== undefined && moment?.note !== undefined) {
    event.timestampText = cleanText(line.slice(stamp.from, stamp.end).slice(0, 255))
  }
  if (parts.tag !== undefined) event.tag = cleanText(parts.tag)
  const severity = start === 0 && header?.severity !== undefined ? header.severity : severities[priority & 7]
  if (severity !== undefined) event.severity = severity
  if (trap?.oid !== undefined) event.trapOid = trap.oid
  const facility = facilityNames[priority >> 3]
  if (facility !== undefined) event.facility = facility
  // Before a tag's bracket there are only characters that a tag may have.
  if (parts.program !== undefined) event.program = parts.tag === undefined ? cleanText(parts.program) : parts.program
  const address = trap?.address ?? context.peer
  if (address !== undefined) event.sourceIp = address
  const fields = fieldsOf(parts, message.length, cut)
  if (fields instanceof Refusal) return fields
  if (fields !== undefined) event.fields = fields
  const long = message.length > eventLimits.message
  const dropped = fields?.["fields_dropped"] !== undefined
  const unnamed = trap !== undefined && trap.oid === undefined
  if (
    moment?.note !== undefined || parts.note !== undefined || long || cut || unnamed || context.notes !== undefined ||
    dropped
  ) {
    event.decode = notesOf(
      context.notes,
      moment?.note,
      parts.note,
      unnamed ? "trap_name_unknown" : undefined,
      cut ? "truncated" : undefined,
      long ? "message_truncated" : undefined,
      dropped ? "fields_dropped" : undefined
    )
    if (event.decode.length === 0) delete event.decode
  }
  return event
}

const fieldsOf = (parts: SyslogParts, length: number, cut: boolean): Fields | Refusal | undefined => {
  if (parts.fields.length === 0 && length <= eventLimits.message && !cut) return undefined
  const fields = [...parts.fields]
  if (length > eventLimits.message) fields.push(["message_truncated", length])
  if (cut) fields.push(["frame_truncated", true])
  return normalizeFields(fields, parts.dropped)
}

/** Where the text after `<165>` starts; 0 when there is no priority of 0 to 191. */
const afterPriority = (line: string): number => {
  if (line.charCodeAt(0) !== 60) return 0
  let close = 1
  while (close < 4 && isDigit(line.charCodeAt(close))) close++
  return close > 1 && line.charCodeAt(close) === 62 && numberIn(line, 1, close) <= 191 ? close + 1 : 0
}

const numberIn = (line: string, from: number, to: number): number => {
  let value = 0
  for (let at = from; at < to; at++) value = value * 10 + line.charCodeAt(at) - 48
  return value
}

/** Control characters of ASCII other than white space and NUL: what text of no charset has. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const unprintable = /[\u0001-\u0008\u000e-\u001f\u007f]/

const request = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|CONNECT|TRACE|PATCH) \S{1,2048} HTTP\/\d\.\d/

/** Does the line open an HTTP request? Whoever sends one takes the port for that of a web server. */
const isHttpRequest = (line: string): boolean => {
  const first = line.charCodeAt(0)
  return first >= 67 && first <= 84 && request.test(line)
}
