import { DateTime, Option, Schema } from "effect"
import type { WaitingAlert } from "../../../layers/queue/WaitingAlerts.ts"
import type { AlertDetail, AlertFilter } from "../../../src/api/web-ui/Alerts.ts"
import { Alert } from "../../../src/domain/Alert.ts"
import type { Attempt, DeadLetter } from "../../../src/domain/DeadLetter.ts"
import type { EventAuditEntry } from "../../../src/domain/Decision.ts"
import type { AlertDelivery } from "../../../src/domain/Delivery.ts"
import { signature } from "../../../src/logic/signatures.ts"

const iso = (ms: number): string => DateTime.formatIso(DateTime.makeUnsafe(ms))

const decodeAlert = Schema.decodeUnknownOption(Schema.fromJsonString(Alert))
const decodeMessage = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({ message: Schema.String })))

/** What is told of an alert whose event is not known any more, or that this release can't read. */
const nothing = {
  hostname: null,
  signature: null,
  team: null,
  handling: null,
  severity: null,
  rule_id: null,
  decided_at: null
}

const factsOf = (payload: string) =>
  Option.match(decodeAlert(payload), {
    onNone: () => nothing,
    onSome: ({ decidedAt, handling, hostname, ruleId, severity, signature, team }) => ({
      hostname,
      signature,
      team,
      handling,
      severity: severity ?? null,
      rule_id: ruleId,
      decided_at: decidedAt
    })
  })

const answerOf = (attempts: ReadonlyArray<Attempt>): string | null => {
  const newest = attempts.at(-1)
  return newest === undefined ? null : `${newest.reason}: ${newest.detail}`
}

export const waitingRow = ({ attempts, dueAt, id, payload, signature, state, tries }: WaitingAlert): AlertDetail => ({
  id,
  state,
  ...factsOf(payload),
  signature,
  tries,
  next_at: dueAt === undefined ? null : iso(dueAt),
  delivered_at: null,
  ms: null,
  answer: answerOf(attempts),
  attempts
})

const idOf = (payload: string): string =>
  Option.match(decodeAlert(payload), { onNone: () => "unknown", onSome: ({ id }) => id })

export const deadRow = ({ attempts, payload }: DeadLetter): AlertDetail => ({
  id: idOf(payload),
  state: "dead",
  ...factsOf(payload),
  tries: attempts.length,
  next_at: null,
  delivered_at: null,
  ms: null,
  answer: answerOf(attempts),
  attempts
})

/** An alert is not kept once it is delivered. What it said follows from its event and decision. */
const factsOfEvent = (event: EventAuditEntry) => ({
  hostname: event.hostname,
  signature: Option.match(decodeMessage(event.raw_message), {
    onNone: () => null,
    onSome: ({ message }) => signature(event.hostname, event.matched_rule_id, message)
  }),
  team: event.team_assignment,
  // What no rule wanted has an alert only as the newest of many: the meta-alert, which is a ticket.
  handling: event.handling_decision ?? "Ticket_only",
  severity: event.matched_rule_id === null ? metaSeverity : event.severity,
  rule_id: event.matched_rule_id,
  decided_at: event.recorded_at
})

const metaSeverity = 4

export const deliveredRow = (
  { alertId, attempts, deliveredAt, tries }: AlertDelivery,
  event: EventAuditEntry | undefined
): AlertDetail => ({
  id: alertId,
  state: "delivered",
  ...(event === undefined ? nothing : factsOfEvent(event)),
  tries,
  next_at: null,
  delivered_at: iso(deliveredAt),
  ms: event === undefined ? null : deliveredAt - Date.parse(event.received_at),
  answer: answerOf(attempts),
  attempts
})

/** Makes a function that tells whether an alert is meant. */
export const alertFilter = ({ handling, host, rule, signature, team }: AlertFilter) => {
  const hostname = host?.toLowerCase()
  return (row: AlertDetail): boolean =>
    (hostname === undefined || row.hostname?.toLowerCase() === hostname) &&
    (signature === undefined || row.signature === signature) &&
    (team === undefined || row.team === team) &&
    (handling === undefined || row.handling === handling) &&
    (rule === undefined || row.rule_id === rule)
}
