import type { DecodeNote, Event, Quarantined } from "../../src/domain/Event.ts"
import { severityNames } from "../../src/domain/Severity.ts"
import type { DecodedLine } from "./decodeLines.ts"
import { jsonText } from "./output.ts"

/** Shows what each line became, a block of lines for each record. */
export const blocksOf = (lines: ReadonlyArray<DecodedLine>): ReadonlyArray<string> =>
  lines.flatMap(({ decoded: { events, quarantined }, format, number }) => [
    ...events.flatMap((event) => block(`line ${number}: ${format}`, eventRows(event))),
    ...quarantined.flatMap((record) => block(`line ${number}: ${format}, quarantined`, quarantinedRows(record)))
  ])

/** Writes a line of JSON for each record, without what only the ingestor can give (ids, the sender). */
export const jsonOf = (lines: ReadonlyArray<DecodedLine>): ReadonlyArray<string> =>
  lines.flatMap(({ decoded: { events, quarantined }, format, number: line }) => [
    ...events.map(({ correlationId: _correlationId, id: _id, sender: _sender, ...event }) =>
      jsonText({ line, format, event })
    ),
    ...quarantined.map(({ detail, raw, reason }) => jsonText({ line, format, quarantined: { reason, detail, raw } }))
  ])

type Row = readonly [name: string, text: string | undefined]

const eventRows = (event: Event): ReadonlyArray<Row> => [
  ["host", event.hostname],
  ["address", event.sourceIp === event.hostname ? undefined : event.sourceIp],
  ["time", event.timestamp],
  ["severity", event.severity === undefined ? undefined : `${event.severity} ${severityNames[event.severity]}`],
  ["facility", event.facility],
  ["program", event.program],
  ["tag", event.tag],
  ["trap", event.trapOid],
  ["message", event.message],
  ["fields", fieldsText(event.fields)],
  ["decode", event.decode?.map((note) => `${note}: ${meanings[note]}`).join("\n")],
  ["unread", event.timestampText]
]

const quarantinedRows = ({ detail, raw, reason }: Quarantined): ReadonlyArray<Row> => [
  ["reason", reason],
  ["detail", detail],
  ["raw", raw]
]

const fieldsText = (fields: Event["fields"]): string | undefined =>
  fields === undefined
    ? undefined
    : Object.entries(fields).map(([name, value]) =>
      `${name} = ${typeof value === "string" ? value : JSON.stringify(value)}`
    ).join("\n")

const indent = " ".repeat(12)

const block = (title: string, rows: ReadonlyArray<Row>): ReadonlyArray<string> => [
  title,
  ...rows.flatMap(([name, text]) =>
    text === undefined
      ? []
      : text.split("\n").map((line, index) => index === 0 ? `  ${name.padEnd(10)}${line}` : `${indent}${line}`)
  ),
  ""
]

const meanings: Readonly<Record<DecodeNote, string>> = {
  time_unread: "the time has no form that is known; the arrival's counts",
  uptime: "the device tells how long it runs in place of a time; the arrival's counts",
  clock_not_set: "the device's clock is not set, or far ahead; the arrival's time counts",
  zone_unknown: "the time's zone is a word that no setting explains; the arrival's time counts",
  charset_fallback: "the bytes were no UTF-8 and were read in the fallback charset",
  truncated: "the message was longer than a frame may be and lost its end",
  message_truncated: "the message was longer than an event may hold and lost its end",
  structured_data_unread: "structured data broke its grammar; what could not be read begins the message",
  fields_dropped: "the record held more fields than an event may; the rest is gone",
  severity_unread: "the severity is a name or number that nobody knows; it stays among the fields",
  trap_name_unknown: "the trap's name is in no table; rules for its OID can't match"
}
