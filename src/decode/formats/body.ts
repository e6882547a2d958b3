import { eventLimits } from "../../domain/Event.ts"
import { inOneGo } from "../../logic/steps.ts"
import { Budget, budgetLimits } from "../Budget.ts"
import { exceedsBytes } from "../fields/text.ts"
import {
  type Decoded,
  emptyDecoded,
  forget,
  guarded,
  hasRoom,
  keep,
  quarantine,
  type ReceiveContext,
  Refusal
} from "../ReceiveContext.ts"
import { refuseContentType } from "./envelopes.ts"
import { decodeJson, jsonLines, type LineDecoder } from "./json.ts"
import type { Steps } from "./jsonJob.ts"
import { tooLarge } from "./jsonRecord.ts"
import { decodeRecord } from "./record.ts"
import { decodeSnmptrapd } from "./snmptrapd.ts"
import { decodeSyslog } from "./syslog.ts"

const largeTrap = new Refusal("record_too_large", `The text of a trap is longer than ${budgetLimits.trap} characters.`)

/**
 * Names in lower case. Only hints: what a body is, it says itself, since some shippers send no content type and others
 * a wrong one.
 */
export type BodyHeaders = Readonly<Record<string, string | undefined>>

/** The content type of what `snmptrapd` gives a trap handler, posted as it is. */
export const snmptrapdType = "text/x-snmptrapd"

export const isTrap = (headers: BodyHeaders): boolean => headers["content-type"]?.startsWith(snmptrapdType) === true

/** Decodes a body in one go; see `decodeBodySteps`. */
export const decodeBody = (body: string, headers: BodyHeaders, context: ReceiveContext, limit: number): Decoded => {
  const into = emptyDecoded(new Budget(body.length, limit))
  const steps = decodeBodySteps(body, headers, context, into)
  if (steps !== undefined) inOneGo(steps)
  return into
}

/**
 * Decodes the body of a request, whatever shipper made it: JSON in any arrangement, syslog lines, the bare message that
 * syslog-ng posts with its headers, or a trap. Each record becomes an event or is quarantined; nothing else can happen
 * to it.
 *
 * A body of more records than the budget allows is decoded up to one record beyond it, and the caller refuses it whole.
 * What is returned is still to be run: it pauses now and then.
 */
export const decodeBodySteps = (
  body: string,
  headers: BodyHeaders,
  context: ReceiveContext,
  into: Decoded
): Steps | undefined => {
  const text = startsJson(body) ? body : body.replace(/^[\s\ufeff]{1,1024}/, "")
  if (text === "") return undefined
  const refusal = refuseContentType(headers["content-type"] ?? "")
  if (refusal !== undefined) {
    quarantine(into, refusal, text, whole(context, headers))
    return undefined
  }
  if (isTrap(headers)) {
    const time = headers["x-trap-time"]
    const result = text.length > budgetLimits.trap
      ? largeTrap
      : guarded(into, (text, context) => decodeSnmptrapd(text, context, time), text, context)
    keep(into, result, text, result instanceof Refusal ? whole(context, headers) : context)
    return undefined
  }
  if (headers["x-syslog-host"] !== undefined) return decodeMessage(text, headers, context, into)
  const asLines = lineContext(text, headers)
  return asLines === undefined ? decodeJson(text, into, context) : decodeSyslogLines(text, into, asLines(context))
}

/** How the lines of a text of syslog are received; `undefined` when the text is none. */
const lineContext = (text: string, headers: BodyHeaders): ((context: ReceiveContext) => ReceiveContext) | undefined => {
  if (priority.test(text)) return (context) => ({ ...context, readAs: asLine })
  return headers["content-type"]?.startsWith("text/plain") === true && !startsJson(text)
    ? (context) => ({ ...context, peer: context.peer ?? context.poster, readAs: asLine })
    : undefined
}

/** Decodes the parts of a long body that consists of lines; `undefined` when its beginning tells otherwise. */
export const linesOf = (
  start: string,
  headers: BodyHeaders,
  context: ReceiveContext,
  into: Decoded
): LineDecoder | undefined => {
  const text = startsJson(start) ? start : start.trimStart()
  const special = headers["x-syslog-host"] !== undefined || isTrap(headers)
  if (special || refuseContentType(headers["content-type"] ?? "") !== undefined) return undefined
  const asLines = lineContext(text, headers)
  return asLines === undefined
    ? jsonLines(text, into, context)
    : (part, context) => decodeSyslogLines(part, into, asLines(context))
}

const asLine = { as: "line" } as const

/** Headers that say what a body is, or are part of the record. */
const keptHeaders = [
  "content-type",
  "x-syslog-host",
  "x-syslog-program",
  "x-syslog-facility",
  "x-syslog-level",
  "x-trap-time"
]
/** Longer than any that is understood. */
const longestHeader = 256

/** Of a record that is a whole body: reading it again needs these headers. */
export const whole = (context: ReceiveContext, headers: BodyHeaders): ReceiveContext => ({
  ...context,
  readAs: {
    as: "body",
    headers: Object.fromEntries(keptHeaders.flatMap((name) => {
      const value = headers[name]
      return value === undefined ? [] : [[name, value.slice(0, longestHeader)]]
    }))
  }
})

const startsJson = (body: string): boolean => body.startsWith("{") || body.startsWith("[")
const priority = /^<\d{1,3}>/

/** syslog-ng sends these headers whatever the body is: JSON that makes no event is the message. */
function* decodeMessage(text: string, headers: BodyHeaders, context: ReceiveContext, into: Decoded): Steps {
  if (startsJson(text)) {
    const steps = decodeJson(text, into, context)
    if (steps !== undefined) yield* steps
    if (into.events.length > 0) return
    forget(into)
  }
  const record = {
    source: "syslog",
    hostname: headers["x-syslog-host"],
    message: text,
    program: headers["x-syslog-program"],
    facility: headers["x-syslog-facility"],
    severity: headers["x-syslog-level"]
  }
  const large = exceedsBytes(text, eventLimits.record)
  const result = large ? tooLarge : guarded(into, decodeRecord, record, context)
  keep(into, result, text, result instanceof Refusal ? whole(context, headers) : context)
}

function* decodeSyslogLines(text: string, into: Decoded, context: ReceiveContext): Steps {
  for (let start = 0; start < text.length;) {
    start = takeLines(text, start, into, context)
    if (start < text.length) yield
  }
}

/** Takes lines up to a pause; where it came to. */
const takeLines = (text: string, from: number, into: Decoded, context: ReceiveContext): number => {
  let start = from
  while (start < text.length && hasRoom(into)) {
    const found = text.indexOf("\n", start)
    const end = found < 0 ? text.length : found
    const line = text.slice(start, end)
    start = end + 1
    if (exceedsBytes(line, eventLimits.record)) keep(into, tooLarge, line, context)
    else if (line.trim() !== "") keep(into, guarded(into, decodeSyslog, line, context), line, context)
    if (into.budget.works(line.length)) return start
  }
  return text.length
}
