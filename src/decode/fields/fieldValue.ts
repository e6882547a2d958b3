import type { EventSource } from "../../domain/Event.ts"
import { parseSeverity } from "../../domain/Severity.ts"
import type { Arrival } from "../Arrival.ts"
import { readFacility } from "./facility.ts"
import { slotOf } from "./fieldAliases.ts"
import { boundedJson } from "./normalizeFields.ts"
import { readOid } from "./oid.ts"
import { cleanAddress, cleanHostname, cleanMessage, cleanText } from "./text.ts"
import { readTime } from "./timestamp.ts"

/** What the value says for its slot; `undefined` when it says nothing there, and then it stays a field. */
export const readFieldValue = (slot: number, key: string, value: unknown, arrival: Arrival): unknown => {
  switch (slot) {
    case slotOf.hostname:
      return readHostname(value)
    case slotOf.message:
      return readMessage(key, value)
    case slotOf.timestamp:
      return readTime(value, arrival.at)
    case slotOf.severity:
      return parseSeverity(value)
    case slotOf.trapOid:
      return typeof value === "string" ? readOid(value) : undefined
    case slotOf.facility:
      return readFacility(value)
    case slotOf.program:
      return typeof value === "string" ? nonEmpty(cleanText(value).trim()) : undefined
    case slotOf.sourceIp:
      return typeof value === "string" ? cleanAddress(value) : undefined
    default:
      return typeof value === "string" ? kinds.get(value.toLowerCase()) : undefined
  }
}

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

/** A number is its text. An object is its JSON, but only under a name that can mean nothing else. */
const readMessage = (key: string, value: unknown): string | undefined => {
  if (typeof value === "string") return nonEmpty(cleanMessage(value))
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  return /^(?:message|msg)$/i.test(key) ? cleanText(boundedJson(value)) : undefined
}

const nonEmpty = (value: string): string | undefined => value === "" ? undefined : value
