import type { EventSource } from "../../domain/Event.ts"
import { parseSeverity, Severity } from "../../domain/Severity.ts"
import { decodeText } from "../framing/charset.ts"
import type { ReceiveContext } from "../ReceiveContext.ts"
import { boundedJson } from "./boundedJson.ts"
import { readFacility } from "./facility.ts"
import { slotOf } from "./fieldAliases.ts"
import { readOid } from "./oid.ts"
import { cleanAddress, cleanHostname, cleanMessage, cleanText } from "./text.ts"
import { readTime } from "./timestamp.ts"

/** What the value says for its slot; `undefined` when it says nothing there, and then it stays a field. */
export const readFieldValue = (slot: number, key: string, value: unknown, context: ReceiveContext): unknown => {
  switch (slot) {
    case slotOf.hostname:
      return readHostname(value)
    case slotOf.message:
      return readMessage(key, value)
    case slotOf.timestamp:
      return readTime(value, context.at)
    case slotOf.severity:
      return parseSeverity(value) ?? (key === "priority" ? severityOf(readPriority(value)) : undefined)
    case slotOf.priority:
      return readPriority(value)
    case slotOf.trapOid:
      return typeof value === "string" ? readOid(value, context.trapNames) : undefined
    case slotOf.facility:
      return readFacility(value)
    case slotOf.program:
      return typeof value === "string" ? readProgram(value) : undefined
    case slotOf.sourceIp:
      return typeof value === "string" ? cleanAddress(value) : undefined
    default:
      return typeof value === "string" ? kinds.get(value.toLowerCase()) : undefined
  }
}

/** The number that a syslog message has between `<` and `>`. */
const readPriority = (value: unknown): number | undefined => {
  const number = typeof value === "string" && /^\d{1,3}$/.test(value) ? Number(value) : value
  return typeof number === "number" && Number.isInteger(number) && number >= 0 && number <= 191 ? number : undefined
}

export const severityOf = (priority: number | undefined): Severity | undefined =>
  priority === undefined ? undefined : Severity.literals[priority & 7]

/** rsyslog's `syslogtag` has the process and a colon behind the name. */
const readProgram = (value: string): string | undefined =>
  nonEmpty(cleanText(value).trim().replace(/(?:\[[^\]]{0,64}\])?:$/, ""))

const kinds: ReadonlyMap<string, EventSource> = new Map<string, EventSource>([
  ["snmp", "snmp"],
  ["snmp_trap", "snmp"],
  ["snmptrap", "snmp"],
  ["trap", "snmp"],
  ["syslog", "syslog"]
])

/** A name, or Logstash's and ECS's `{ "name": … }`. */
const readHostname = (value: unknown): string | undefined => {
  if (typeof value === "string") return nonEmpty(cleanHostname(value))
  if (typeof value === "number") return String(value)
  if (typeof value !== "object" || value === null) return undefined
  const held = new Map<string, unknown>(Object.entries(value))
  const name = held.get("hostname") ?? held.get("name") ?? held.get("ip")
  return typeof name === "string" ? nonEmpty(cleanHostname(name)) : undefined
}

/**
 * A number is its text, a list of bytes what journald has for text that is not UTF-8. An object is its JSON, but only
 * under a name that can mean nothing else.
 */
const readMessage = (key: string, value: unknown): string | undefined => {
  if (typeof value === "string") return nonEmpty(cleanMessage(value))
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  if (key === "MESSAGE" && isBytes(value)) return nonEmpty(cleanMessage(decodeText(Uint8Array.from(value)).text))
  return /^(?:message|msg)$/i.test(key) ? cleanText(boundedJson(value)) : undefined
}

const nonEmpty = (value: string): string | undefined => value === "" ? undefined : value

const isBytes = (value: unknown): value is ReadonlyArray<number> =>
  Array.isArray(value) && value.length > 0 && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)
