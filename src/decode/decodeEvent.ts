import { DecodeNote, type Event, EventSource } from "../domain/Event.ts"
import { Severity } from "../domain/Severity.ts"

const sources: ReadonlySet<unknown> = new Set(EventSource.literals)
const severities: ReadonlySet<unknown> = new Set(Severity.literals)
const notes: ReadonlySet<unknown> = new Set(DecodeNote.literals)
const texts = ["id", "correlationId", "sender", "receivedAt", "timestamp", "hostname", "message"] as const
const optionalTexts = ["timestampText", "tag", "trapOid", "facility", "program", "sourceIp", "traceparent"] as const

const isRecord = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === "object" && json !== null && !Array.isArray(json)

/**
 * Says what keeps JSON from being an event, as the schema of `Event` does. By hand: the schema would take more memory
 * than all else that is done with an event, and the ingestor made these texts by it.
 */
const faultOf = (json: unknown): string | undefined => {
  if (!isRecord(json)) return "it is not an object"
  for (const name of texts) if (typeof json[name] !== "string") return `${name} is not a text`
  for (const name of optionalTexts) {
    if (json[name] !== undefined && typeof json[name] !== "string") return `${name} is not a text`
  }
  if (!sources.has(json["source"])) return "source is none of the known ones"
  if (json["severity"] !== undefined && !severities.has(json["severity"])) return "severity is not a number from 0 to 7"
  const { decode } = json
  if (decode !== undefined && !(Array.isArray(decode) && decode.every((note) => notes.has(note)))) {
    return "decode is not a list of notes"
  }
  return json["fields"] === undefined || isRecord(json["fields"]) ? undefined : "fields is not an object"
}

const isEvent = (json: unknown): json is Event => faultOf(json) === undefined

/** Decodes a text from the queue, or says why it is no event. */
export const decodeEvent = (payload: string): Event | string => {
  try {
    const json: unknown = JSON.parse(payload)
    return isEvent(json) ? json : `not an event: ${faultOf(json)}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
