import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import type { Alert } from "../domain/Alert.ts"
import { type Severity, severityNames } from "../domain/Severity.ts"

/** Severities as Moogsoft numbers them. */
const moogSeverities = { clear: 0, indeterminate: 1, warning: 2, minor: 3, major: 4, critical: 5 } as const

export const moogLimits = {
  /** Bytes of UTF-8, the width of the platform's column. */
  signature: 767,
  /** Characters: at most 64,000 bytes, which a TEXT column holds. */
  description: 16_000
} as const

const { critical, indeterminate, major, warning } = moogSeverities
const bySyslogSeverity = [
  critical,
  critical,
  critical,
  major,
  warning,
  indeterminate,
  indeterminate,
  indeterminate
] as const

/**
 * Maps a syslog severity to Moogsoft's.
 *
 * | syslog | Moogsoft |
 * |---|---|
 * | 0 emerg, 1 alert, 2 crit | 5 critical |
 * | 3 err | 4 major |
 * | 4 warning | 2 warning |
 * | 5 notice, 6 info, 7 debug, none (most traps) | 1 indeterminate |
 *
 * Names that both sides share keep their meaning. Never 0: that would close the platform's alert.
 */
export const moogSeverity = (severity: Severity | undefined) =>
  severity === undefined ? moogSeverities.indeterminate : bySyslogSeverity[severity]

/**
 * The body of `POST <MOOG_WEBHOOK_URL>` for one alert. A pure function of the alert and the version, so that a repeated
 * request is the same request.
 */
export const encodeMoogsoft = (alert: Alert, version: string) => ({
  /** What the platform de-duplicates by. */
  signature: boundSignature(alert.signature),
  source: alert.hostname,
  source_id: alert.hostname,
  /** Tells a repeated request from a new alert. */
  external_id: alert.id,
  manager: "MUTT",
  agent: "MUTT",
  agent_location: alert.source,
  class: alert.team,
  type: alert.kind === "meta" ? "MetaAlert" : "Alert",
  severity: moogSeverity(alert.severity),
  description: boundDescription(alert.message),
  /** When the device says it happened, seconds of the epoch. */
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

/** Shortens a signature that is too long to its readable start and a digest of all of it, which keeps it distinct. */
const boundSignature = (signature: string): string => {
  const whole = signature.toWellFormed()
  const bytes = utf8ToBytes(whole)
  if (bytes.length <= moogLimits.signature) return whole
  const digest = `::${bytesToHex(sha256(bytes)).slice(0, 32)}`
  return utf8Start(bytes, moogLimits.signature - digest.length) + digest
}

/** Takes up to `length` bytes that end between two characters. */
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
