import { Severity } from "../../domain/Severity.ts"
import { boundedJson } from "../fields/boundedJson.ts"
import { isObject, type Json, type Underscores } from "../fields/classifyFields.ts"

/** What becomes of names that begin with `_` in a record of this shape. */
export const underscoresOf = (record: Json): Underscores => {
  if (record["short_message"] !== undefined && record["version"] !== undefined) return "strip"
  return record["__REALTIME_TIMESTAMP"] !== undefined || record["_HOSTNAME"] !== undefined ||
      record["__CURSOR"] !== undefined
    ? "keep"
    : "drop"
}

/** Records that carry the event inside: Splunk's HEC with an object for an event, and Telegraf with fields and tags. */
export const unfold = (record: Json): Json => {
  const { event, tags } = record
  if (event === undefined && tags === undefined) return record
  if (isObject(event) && isHec(record)) return unfoldHec(record, event)
  const { fields, name } = record
  return isObject(fields) && isObject(tags) && typeof name === "string" ? unfoldTelegraf(record, fields, tags) : record
}

const isHec = (record: Json): boolean =>
  record["message"] === undefined && (record["sourcetype"] !== undefined || record["index"] !== undefined
    || record["fields"] !== undefined || Object.keys(record).every((key) => hecKeys.has(key)))

const hecKeys: ReadonlySet<string> = new Set(["time", "host", "source", "sourcetype", "index", "event", "fields"])

/** What the envelope says of time and host is what Splunk would show. An event without a message is its own text. */
const unfoldHec = (record: Json, event: Json): Json => {
  const whole = { ...event, ...record, event: undefined }
  const says = ["message", "msg", "log", "text", "body"].some((key) => event[key] !== undefined)
  return says ? whole : { ...whole, message: boundedJson(event) }
}

const unfoldTelegraf = (record: Json, fields: Json, tags: Json): Json =>
  record["name"] === "snmp_trap"
    ? {
      ...record,
      ...tags,
      source: "snmp",
      source_ip: tags["source"],
      hostname: tags["source"],
      trap_oid: tags["oid"],
      fields: undefined,
      tags: undefined,
      variables: fields
    }
    : { ...record, ...fields, ...tags, fields: undefined, tags: undefined }

/**
 * Reads the severity of pino and bunyan, whose levels go from 10 to 60. A record is theirs when it has a time, and the
 * process, the host or the version of the format.
 */
export const loggerSeverity = (record: Json): Severity | undefined => {
  const { level } = record
  if (typeof level !== "number" || !(level >= 10 && level <= 60) || record["time"] === undefined) return undefined
  if (record["pid"] === undefined && record["hostname"] === undefined && record["v"] === undefined) return undefined
  return Severity.literals[level >= 60 ? 2 : level >= 50 ? 3 : level >= 40 ? 4 : level >= 30 ? 6 : 7]
}
