import { Option, Schema } from "effect"
import type { AuditRecord } from "../../../layers/audit/EventAudit.ts"
import { decodeEvent } from "../../../src/decode/decodeEvent.ts"
import { Alert } from "../../../src/domain/Alert.ts"

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Alert))

/** Says who an event came from that is known by its alert alone. */
const sender = "recovered"

/**
 * Makes the row of an event from its alert, which has all that counts; what else the device sent is gone. `meta`: the
 * alert stands for many events, none of which it has whole.
 */
export const recordOfAlert = (payload: string): AuditRecord | "meta" | "unreadable" => {
  const found = decode(payload)
  if (Option.isNone(found)) return "unreadable"
  const { correlationId, eventTimestamp: timestamp, hostname, id, message, receivedAt, severity, source, ...alert } =
    found.value
  if (alert.kind === "meta") return "meta"
  const raw = JSON.stringify({
    id,
    correlationId,
    source,
    sender,
    receivedAt,
    timestamp,
    hostname,
    message,
    severity,
    trapOid: alert.trapOid,
    traceparent: alert.traceparent
  })
  if (typeof decodeEvent(raw) === "string") return "unreadable"
  return {
    event: { id, timestamp, receivedAt, hostname, correlationId, severity },
    raw,
    decision: {
      outcome: "forwarded",
      environment: alert.environment,
      ruleId: alert.ruleId,
      handling: alert.handling,
      team: alert.team,
      reason: `${
        alert.ruleId === null ? "It was forwarded" : `Rule ${alert.ruleId} forwarded it`
      }; its row was lost with the database and is written anew from its alert.`,
      rulesVersion: null,
      cause: null,
      causeId: null
    }
  }
}
