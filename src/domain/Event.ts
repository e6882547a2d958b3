import { Schema } from "effect"
import { Severity } from "./Severity.ts"

/** Which door an event came in by. */
export const EventSource = Schema.Literals(["http", "syslog", "snmp"])
export type EventSource = typeof EventSource.Type

/** Limits every decoder keeps; a record beyond a hard limit is quarantined, a message beyond its own is cut and marked. */
export const eventLimits = {
  /** Characters, as in the database column. */
  hostname: 255,
  /** Characters of `message` kept; the rest is cut and `fields.message_truncated` says how long it was. */
  message: 65_536,
  /** Bytes of one record on the wire. */
  record: 1_048_576,
  /** Extra fields kept of one record. */
  fields: 64
} as const

/** What a decoder could not read as written: why a part of an event is not what the device meant. */
export const DecodeNote = Schema.Literals([
  /** The time has no form that is known; the arrival's counts. */
  "time_unread",
  /** The device tells how long it runs in place of a time; the arrival's counts. */
  "uptime",
  /** The device's clock is not set, or far ahead; the arrival's time counts. */
  "clock_not_set",
  /** The time's zone is a word that no setting explains; the arrival's time counts. */
  "zone_unknown",
  /** The bytes were no UTF-8 and were read in the fallback charset. */
  "charset_fallback",
  /** The message was longer than a frame may be and lost its end. */
  "truncated",
  /** The message was longer than an event may hold and lost its end. */
  "message_truncated",
  /** Structured data broke its grammar; what could not be read begins the message. */
  "structured_data_unread",
  /** The record held more fields than an event may; the rest is gone. */
  "fields_dropped",
  /** The severity is a name or number that nobody knows; it stays among the fields. */
  "severity_unread",
  /** The trap's name is in no table; rules for its OID can't match. */
  "trap_name_unknown"
])
export type DecodeNote = typeof DecodeNote.Type

/**
 * One thing a device said, as every program behind the ingestor sees it.
 *
 * Decoded once, at the edge. `hostname` is lower-case, `trapOid` has no leading dot, `message` holds no NUL,
 * times are RFC 3339 in UTC with milliseconds (`2026-08-22T10:00:00.123Z`).
 */
export const Event = Schema.Struct({
  /** UUID version 7, made at intake. Everything later is derived from it, so that repeated work has no second effect. */
  id: Schema.String,
  correlationId: Schema.String,
  source: EventSource,
  /** Name of the API key, or of the certificate's sender, or `syslog/udp`, `syslog/tcp`, `syslog/tls`. */
  sender: Schema.String,
  receivedAt: Schema.String,
  /** When the device says it happened; the arrival time when it says nothing readable. */
  timestamp: Schema.String,
  /** What the device wrote, when `timestamp` could not be read from it. */
  timestampText: Schema.optionalKey(Schema.String),
  hostname: Schema.String,
  message: Schema.String,
  /**
   * What stood between the header and the message as it was sent, with its colon: `sshd[812]: `, `LINK-DOWN: `. It never ends in a
   * letter or a digit: a word of the message that begins at its start begins there in the line too.
   */
  tag: Schema.optionalKey(Schema.String),
  severity: Schema.optionalKey(Severity),
  trapOid: Schema.optionalKey(Schema.String),
  facility: Schema.optionalKey(Schema.String),
  program: Schema.optionalKey(Schema.String),
  /** Address the message came from, where the sender or the socket told. */
  sourceIp: Schema.optionalKey(Schema.String),
  /** Everything else the record held, untouched. */
  fields: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
  /** Present when the event was understood in part only. */
  decode: Schema.optionalKey(Schema.Array(DecodeNote))
})
export type Event = typeof Event.Type

/** Why a record could not become an event. The record itself is kept beside the reason. */
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
  /** The request would have become many times larger than it came. */
  "expands_too_much",
  /** A decoder hit a fault of its own. */
  "decoder_failed"
])
export type QuarantineReason = typeof QuarantineReason.Type

/** How a refused record was read: what reading it again needs beside its text. */
export const ReadAs = Schema.Struct({
  /** A syslog message, JSON, or the whole body of a request. */
  as: Schema.Literals(["line", "json", "body"]),
  source: EventSource,
  /** Address of who posted it. */
  poster: Schema.optionalKey(Schema.String),
  /** Headers of its request that say what a body is; of `body` only. */
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  notes: Schema.optionalKey(Schema.Array(DecodeNote))
})
export type ReadAs = typeof ReadAs.Type

/** A record refused at the edge: answered 200 with its batch, and kept here with the reason unless its origin is over its share. */
export const Quarantined = Schema.Struct({
  id: Schema.String,
  correlationId: Schema.String,
  sender: Schema.String,
  /** Address it came from, where the peer is the device: over syslog. */
  peer: Schema.optionalKey(Schema.String),
  receivedAt: Schema.String,
  reason: QuarantineReason,
  detail: Schema.String,
  /** The record as it came, cut at 16,384 characters. */
  raw: Schema.String,
  /** `raw` is not all of it, so it can't be read again. */
  cut: Schema.optionalKey(Schema.Literal(true)),
  /** Absent of records that an earlier release kept. */
  read: Schema.optionalKey(ReadAs)
})
export type Quarantined = typeof Quarantined.Type
