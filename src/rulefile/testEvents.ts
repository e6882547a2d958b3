import { isoText } from "../decode/fields/calendar.ts"
import { decodeSyslog } from "../decode/formats/syslog.ts"
import type { Refusal } from "../decode/ReceiveContext.ts"
import type { Event } from "../domain/Event.ts"
import { parseSeverity } from "../domain/Severity.ts"
import { normaliseOid } from "../logic/oids.ts"
import { makeUuid7 } from "../logic/uuid7.ts"
import type { RuleTest, TestEvent } from "./RuleFile.ts"
import { readDuration, readStart, usualStart } from "./testTime.ts"

/** The host of an event that names none. */
const usualHost = "test-host"

/** The events of a test, at the times that it says, or why one cannot be read. The test is one that was checked. */
export const eventsOf = (test: RuleTest): ReadonlyArray<Event | Refusal> => {
  const start = readStart(test.start ?? usualStart)
  const begin = typeof start === "string" ? 0 : start.millis
  // The same ids each time: they only have to be in order.
  const newId = makeUuid7((bytes) => void bytes.fill(0))
  let at = begin
  return test.events.map((event) => {
    if (event.at !== undefined) at = begin + (readDuration(event.at) ?? 0)
    return eventOf(event, at, newId(at))
  })
}

const eventOf = (event: TestEvent, at: number, id: string): Event | Refusal => {
  const receivedAt = isoText(at)
  const known = { correlationId: "test", sender: "test", receivedAt }
  if (event.line !== undefined) {
    return decodeSyslog(event.line, { ...known, at, source: "syslog", peer: event.host ?? usualHost, newId: () => id })
  }
  const severity = parseSeverity(event.severity)
  const trapOid = event.trap_oid === undefined ? undefined : normaliseOid(event.trap_oid)
  return {
    ...known,
    id,
    timestamp: receivedAt,
    source: trapOid === undefined ? "http" : "snmp",
    hostname: (event.host ?? usualHost).toLowerCase(),
    message: event.message ?? "",
    ...(event.tag === undefined ? {} : { tag: tagOf(event.tag) }),
    ...(severity === undefined ? {} : { severity }),
    ...(trapOid === undefined ? {} : { trapOid })
  }
}

/** Adds the colon that a tag has on the wire and people leave out. */
const tagOf = (text: string): string => (/[\w-]$/.test(text) ? `${text}: ` : text)
