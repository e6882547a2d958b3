import { type Arrival, type Decoded, emptyDecoded, keep, quarantine } from "../Arrival.ts"
import { refuseContentType } from "./envelopes.ts"
import { decodeJson } from "./json.ts"
import { decodeRecord } from "./record.ts"
import { decodeSnmptrapd } from "./snmptrapd.ts"
import { decodeSyslog } from "./syslog.ts"

/** Names in lower case. Only hints: what a body is, it says itself, since some shippers send no content type and others a wrong one. */
export type BodyHeaders = Readonly<Record<string, string | undefined>>

/** The content type of what `snmptrapd` gives a trap handler, posted as it is. */
export const snmptrapdType = "text/x-snmptrapd"

/**
 * Decodes the body of a request, whatever shipper made it: JSON in any arrangement, syslog lines, the bare message that syslog-ng
 * posts with its headers, or a trap. Each record becomes an event or is quarantined; nothing else can happen to it.
 *
 * A body of more records than `limit` is decoded up to one record beyond it, and the caller refuses it whole.
 */
export const decodeBody = (body: string, headers: BodyHeaders, arrival: Arrival, limit: number): Decoded => {
  const into = emptyDecoded()
  const text = startsJson(body) ? body : body.replace(/^[\s\ufeff]+/, "")
  if (text === "") return into
  const refusal = refuseContentType(headers["content-type"] ?? "")
  if (refusal !== undefined) {
    quarantine(into, refusal, text, arrival)
    return into
  }
  if (headers["content-type"]?.startsWith(snmptrapdType) === true) {
    keep(into, decodeSnmptrapd(text, arrival, headers["x-trap-time"]), text, arrival)
  } else if (headers["x-syslog-host"] !== undefined) return decodeMessage(text, headers, arrival, limit)
  else if (priority.test(text)) decodeSyslogLines(text, into, arrival, limit)
  else if (isPlain(headers["content-type"]) && !startsJson(text)) {
    decodeSyslogLines(text, into, { ...arrival, peer: arrival.peer ?? arrival.poster }, limit)
  } else decodeJson(text, into, arrival, limit)
  return into
}

const startsJson = (body: string): boolean => body.startsWith("{") || body.startsWith("[")
const isPlain = (contentType: string | undefined): boolean => contentType?.startsWith("text/plain") === true
const priority = /^<\d{1,3}>/

/** syslog-ng sends these headers whatever the body is: JSON that makes no event is the message. */
const decodeMessage = (text: string, headers: BodyHeaders, arrival: Arrival, limit: number): Decoded => {
  if (startsJson(text)) {
    const tried = emptyDecoded()
    decodeJson(text, tried, arrival, limit)
    if (tried.events.length > 0) return tried
  }
  const into = emptyDecoded()
  const record = {
    source: "syslog",
    hostname: headers["x-syslog-host"],
    message: text,
    program: headers["x-syslog-program"],
    facility: headers["x-syslog-facility"],
    severity: headers["x-syslog-level"]
  }
  keep(into, decodeRecord(record, arrival), text, arrival)
  return into
}

const decodeSyslogLines = (text: string, into: Decoded, arrival: Arrival, limit: number): void => {
  let start = 0
  while (start < text.length && into.events.length + into.quarantined.length <= limit) {
    const found = text.indexOf("\n", start)
    const end = found < 0 ? text.length : found
    const line = text.slice(start, end)
    start = end + 1
    if (line.trim() !== "") keep(into, decodeSyslog(line, arrival), line, arrival)
  }
}
