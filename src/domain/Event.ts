import { Schema } from "effect"
import { Severity } from "./Severity.ts"

/** How an event came in. */
export const EventSource = Schema.Literals(["http", "syslog", "snmp"])
export type EventSource = typeof EventSource.Type

/** Limits of every decoder. A record beyond a limit is quarantined; a longer message is cut and marked. */
export const eventLimits = {
  /** Characters, as in the database. */
  hostname: 255,
  /** Characters of `message` kept; the rest is cut and `fields.message_truncated` says how long it was. */
  message: 65_536,
  /** Bytes of one record on the wire. */
  record: 1_048_576,
  /** Extra fields kept of one record. */
  fields: 64
} as const

/** Why a part of an event is not what the device meant. */
export const DecodeNote = Schema.Literals([
  /** The time has no known form; the arrival time counts. */
  "time_unread",
  /** The device sends its uptime in place of a time; the arrival time counts. */
  "uptime",
  /** The device's clock is not set, or far ahead; the arrival time counts. */
  "clock_not_set",
  /** The name of the time zone is unknown; the arrival time counts. */
  "zone_unknown",
  /** The bytes were not UTF-8 and were read in the fallback charset. */
  "charset_fallback",
  /** The message was cut at the length of a frame. */
  "truncated",
  /** The message was cut at the length that an event may hold. */
  "message_truncated",
  /** Structured data broke its grammar; its unread part begins the message. */
  "structured_data_unread",
  /** The record had too many fields; the rest was dropped. */
  "fields_dropped",
  /** The severity is no known name or number; it stays among the fields. */
  "severity_unread",
  /** The trap's name is in no table; rules for its OID can't match. */
  "trap_name_unknown"
])
export type DecodeNote = typeof DecodeNote.Type

/**
 * One message of a device, decoded by the ingestor.
 *
 * `hostname` is lower-case, `trapOid` has no leading dot, `message` holds no NUL,
 * times are RFC 3339 in UTC with milliseconds (`2026-08-22T10:00:00.123Z`).
 */
export const Event = Schema.Struct({
  /** UUID version 7, made at intake. Later ids derive from it, so that repeated work has no second effect. */
  id: Schema.String,
  correlationId: Schema.String,
  source: EventSource,
  /** Name of the API key, or of the certificate's sender, or `syslog/udp`, `syslog/tcp`, `syslog/tls`. */
  sender: Schema.String,
  receivedAt: Schema.String,
  /** The time that the device gives; the arrival time if that is unreadable. */
  timestamp: Schema.String,
  /** The device's time as text, when it could not be read. */
  timestampText: Schema.optionalKey(Schema.String),
  hostname: Schema.String,
  message: Schema.String,
  /**
   * The text between header and message as sent, with its colon: `sshd[812]: `, `LINK-DOWN: `. It never ends in a letter
   * or digit, so that the first word of the message is a whole word of the line too.
   */
  tag: Schema.optionalKey(Schema.String),
  severity: Schema.optionalKey(Severity),
  trapOid: Schema.optionalKey(Schema.String),
  facility: Schema.optionalKey(Schema.String),
  program: Schema.optionalKey(Schema.String),
  /** The address that the message came from, if the sender or the socket has it. */
  sourceIp: Schema.optionalKey(Schema.String),
  /** All other fields of the record, as sent. */
  fields: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
  /** Present when the event was decoded in part only. */
  decode: Schema.optionalKey(Schema.Array(DecodeNote)),
  /** Present when its trace is told: where the step stands that put it into the queue (W3C Trace Context). */
  traceparent: Schema.optionalKey(Schema.String)
})
export type Event = typeof Event.Type

/** Why a record could not become an event. */
export const QuarantineReason = Schema.Literals([
  "not_json",
  "not_an_object",
  "missing_hostname",
  "missing_message",
  "hostname_too_long",
  "record_too_large",
  "too_deep",
  "not_syslog",
  "unsupported_envelope",
  /** Unpacking would have made the request many times larger. */
  "expands_too_much",
  /** The decoder itself failed. */
  "decoder_failed"
])
export type QuarantineReason = typeof QuarantineReason.Type

/** How a quarantined record was read, which a replay needs beside its text. */
export const ReadAs = Schema.Struct({
  /** A syslog message, JSON, or the whole body of a request. */
  as: Schema.Literals(["line", "json", "body"]),
  source: EventSource,
  /** Address of the HTTP client. */
  poster: Schema.optionalKey(Schema.String),
  /** The headers that describe the body; with `body` only. */
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  notes: Schema.optionalKey(Schema.Array(DecodeNote))
})
export type ReadAs = typeof ReadAs.Type

/** A record that the ingestor could not read, kept with the reason. Its batch was answered 200. */
export const Quarantined = Schema.Struct({
  id: Schema.String,
  correlationId: Schema.String,
  sender: Schema.String,
  /** The address it came from over syslog, where the peer is the device. */
  peer: Schema.optionalKey(Schema.String),
  receivedAt: Schema.String,
  reason: QuarantineReason,
  detail: Schema.String,
  /** The record as it came, cut at 16,384 characters. */
  raw: Schema.String,
  /** `raw` is not the whole record, so it cannot be replayed. */
  cut: Schema.optionalKey(Schema.Literal(true)),
  /** Absent in records of an earlier release. */
  read: Schema.optionalKey(ReadAs)
})
export type Quarantined = typeof Quarantined.Type
