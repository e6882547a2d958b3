import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import type { Alert } from "../domain/Alert.ts"
import { type Severity, severityNames } from "../domain/Severity.ts"

/** Severities as Moogsoft numbers them. */
export const moogSeverities = { clear: 0, indeterminate: 1, warning: 2, minor: 3, major: 4, critical: 5 } as const
export type MoogSeverity = (typeof moogSeverities)[keyof typeof moogSeverities]

export const moogLimits = {
  /** Bytes of UTF-8, the width of the platform's column. */
  signature: 767,
  /** Characters: at most 64,000 bytes, which a TEXT column holds. */
  description: 16_000
} as const

/** What is sent for one alert. A pure function of the alert and the version, so that a repeated request is the same request. */
export interface MoogEvent {
  /** What the platform de-duplicates by. */
  readonly signature: string
  readonly source: string
  readonly source_id: string
  /** The alert's id: what tells a repeated request from a new alert. */
  readonly external_id: string
  readonly manager: string
  readonly agent: string
  readonly agent_location: string
  readonly class: string
  readonly type: string
  readonly severity: MoogSeverity
  readonly description: string
  /** When the device says it happened, seconds of the epoch. */
  readonly agent_time: number
  readonly custom_info: {
    readonly handling: string
    readonly environment: string
    readonly rule_id: number | null
    readonly team: string
    readonly correlation_id: string
    readonly syslog_severity: string | null
    readonly trap_oid: string | null
    readonly count: number
    readonly event_timestamp: string
    readonly received_at: string
    readonly decided_at: string
    readonly mutt_version: string
  }
}

const bySyslogSeverity: Readonly<Record<Severity, MoogSeverity>> = {
  0: moogSeverities.critical,
  1: moogSeverities.critical,
  2: moogSeverities.critical,
  3: moogSeverities.major,
  4: moogSeverities.warning,
  5: moogSeverities.indeterminate,
  6: moogSeverities.indeterminate,
  7: moogSeverities.indeterminate
}

/**
 * | syslog | Moogsoft |
 * |---|---|
 * | 0 emerg, 1 alert, 2 crit | 5 critical |
 * | 3 err | 4 major |
 * | 4 warning | 2 warning |
 * | 5 notice, 6 info, 7 debug, none (most traps) | 1 indeterminate |
 *
 * Names that both sides share keep their meaning. Never 0: that would close the platform's alert.
 */
export const moogSeverity = (severity: Severity | undefined): MoogSeverity =>
  severity === undefined ? moogSeverities.indeterminate : bySyslogSeverity[severity]

/** The body of `POST <MOOG_WEBHOOK_URL>` for one alert. */
export const encodeMoogsoft = (alert: Alert, version: string): MoogEvent => ({
  signature: boundSignature(alert.signature),
  source: alert.hostname,
  source_id: alert.hostname,
  external_id: alert.id,
  manager: "MUTT",
  agent: "MUTT",
  agent_location: alert.source,
  class: alert.team,
  type: alert.kind === "meta" ? "MetaAlert" : "Alert",
  severity: moogSeverity(alert.severity),
  description: boundDescription(alert.message),
  agent_time: agentTime(alert),
  custom_info: {
    handling: alert.handling,
    environment: alert.environment,
    rule_id: alert.ruleId,
    team: alert.team,
    correlation_id: alert.correlationId,
    syslog_severity: alert.severity === undefined ? null : severityNames[alert.severity],
    trap_oid: alert.trapOid ?? null,
    count: alert.count ?? 1,
    event_timestamp: alert.eventTimestamp,
    received_at: alert.receivedAt,
    decided_at: alert.decidedAt,
    mutt_version: version
  }
})

/** A signature that is too long keeps its readable start; a digest of all of it keeps it as distinct as it was. */
const boundSignature = (signature: string): string => {
  const whole = signature.toWellFormed()
  const bytes = utf8ToBytes(whole)
  if (bytes.length <= moogLimits.signature) return whole
  const digest = `::${bytesToHex(sha256(bytes)).slice(0, 32)}`
  return utf8Start(bytes, moogLimits.signature - digest.length) + digest
}

/** Up to `length` bytes that end between two characters. */
const utf8Start = (bytes: Uint8Array, length: number): string => {
  let end = length
  while (end > 0 && isContinuation(bytes[end])) end--
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, end))
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

const boundDescription = (message: string): string => {
  const whole = message.toWellFormed()
  if (whole.length <= moogLimits.description) return whole
  const note = `… (${whole.length} characters in all)`
  return whole.slice(0, moogLimits.description - note.length).toWellFormed() + note
}

const agentTime = (alert: Alert): number => {
  const readable = [alert.eventTimestamp, alert.receivedAt, alert.decidedAt].map(Date.parse).find(Number.isFinite)
  return Math.floor((readable ?? 0) / 1_000)
}
