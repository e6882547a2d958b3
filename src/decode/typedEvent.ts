import type { Event } from "../domain/Event.ts"
import { parseSeverity } from "../domain/Severity.ts"
import { normaliseOid } from "../logic/oids.ts"
import { formatTime } from "./fields/timestamp.ts"
import { decodeSyslog } from "./formats/syslog.ts"
import type { Refusal } from "./ReceiveContext.ts"

/** An event that somebody types to test rules: in the fields of intake, or as a line of syslog. */
export interface TypedEvent {
  /** With a line, the address it came from, which is the host if the line names none. */
  readonly hostname?: string
  readonly line?: string
  readonly message: string
  readonly tag?: string
  readonly syslog_severity?: number | string
  readonly severity?: number | string
  readonly trap_oid?: string
}

/** Makes the event, from fields or by decoding the line as the ingestor does. `at`: epoch milliseconds of its arrival. */
export const typedEvent = (typed: TypedEvent, at: number): Event | Refusal => {
  const receivedAt = formatTime(at)
  const known = { correlationId: "trial", sender: "trial", receivedAt }
  return typed.line === undefined
    ? { ...fieldsOf(typed), ...known, timestamp: receivedAt }
    : decodeSyslog(typed.line, { ...known, at, source: "syslog", peer: typed.hostname, newId: () => "trial" })
}

const fieldsOf = (typed: TypedEvent) => {
  const severity = parseSeverity(typed.syslog_severity ?? typed.severity)
  const trapOid = typed.trap_oid === undefined ? undefined : normaliseOid(typed.trap_oid)
  return {
    id: "trial",
    source: trapOid === undefined ? "http" : "snmp",
    hostname: (typed.hostname ?? "").toLowerCase(),
    message: typed.message,
    ...(typed.tag === undefined ? {} : { tag: tagOf(typed.tag) }),
    ...(severity === undefined ? {} : { severity }),
    ...(trapOid === undefined ? {} : { trapOid })
  } as const
}

/** Adds the colon that a tag has on the wire and people leave out. */
const tagOf = (text: string): string => (/[\w-]$/.test(text) ? `${text}: ` : text)
