import type { AuditRecord } from "../../../layers/audit/EventAudit.ts"
import { encodeAlert } from "../../../layers/queue/encodeAlert.ts"
import type { EncodedAlert, EventPosition, MetaAlerts, Outcome } from "../../../layers/queue/EventQueue.ts"
import { decodeEvent } from "../../../src/decode/decodeEvent.ts"
import type { Attempt } from "../../../src/domain/DeadLetter.ts"
import type { Decision } from "../../../src/domain/Decision.ts"
import type { Event } from "../../../src/domain/Event.ts"
import { eventAlert } from "../../../src/logic/eventAlert.ts"
import { fingerprint } from "../../../src/logic/signatures.ts"
import type { Batch, Evaluated, Rejected } from "../Batch.ts"
import { metaAlert } from "./metaAlert.ts"

/** How an event ends by its decision. */
export const outcomeOf = (position: EventPosition, event: Event, decision: Decision, decidedAt: string): Outcome => {
  const { receivedAt } = event
  if (decision.outcome === "unmatched") {
    return { _tag: "unmatched", position, receivedAt, fingerprint: fingerprint(event.hostname, event.message) }
  }
  if (decision.outcome !== "forwarded" || decision.handling === null) {
    return { _tag: "suppressed", position, receivedAt }
  }
  const alert = encodeAlert(eventAlert(event, decision, decision.handling, decidedAt))
  return { _tag: "forwarded", position, receivedAt, alert }
}

/** How a batch ends. Where another alerter had recorded an event before, its decision stands. */
export const outcomesOf = (
  { at, evaluated, recorded, rejected }: Pick<Batch, "at" | "evaluated" | "recorded" | "rejected">,
  limits: Pick<MetaAlerts, "threshold" | "windowMs">
): readonly [ReadonlyArray<Outcome>, MetaAlerts] => {
  const final = recorded.size === 0 ? evaluated : evaluated.map((one) => {
    const decision = recorded.get(one.record.event.id)
    return decision === undefined ? one : asRecorded(one, decision, at)
  })
  let newest: ReadonlyMap<string, AuditRecord> | undefined
  const candidates = {
    get: (print: string): EncodedAlert | undefined => {
      newest ??= newestByFingerprint(final)
      const record = newest.get(print)
      const event = record && eventOf(record)
      return record && event && metaAlert(event, record.decision, limits, at)
    }
  }
  return [
    [
      ...final.map(({ outcome }) => outcome),
      ...rejected.map(deadLetter)
    ],
    { ...limits, candidates }
  ]
}

/** Characters of a detail that a dead letter keeps. */
const longestDetail = 500

/** How a rejected event ends; the queue keeps the event itself. */
export const deadLetter = ({ at, detail: whole, position, reason }: Rejected): Outcome => {
  const detail = whole.slice(0, longestDetail)
  const attempts: ReadonlyArray<Attempt> = [{ at, reason, detail }]
  return { _tag: "dead", position, letter: JSON.stringify({ reason, detail, attempts }) }
}

const newestByFingerprint = (evaluated: ReadonlyArray<Evaluated>): ReadonlyMap<string, AuditRecord> =>
  new Map(
    evaluated.flatMap(({ record, outcome }) =>
      outcome._tag === "unmatched" ? [[outcome.fingerprint, record] as const] : []
    )
  )

/** The event with the decision that was recorded before. */
const asRecorded = (one: Evaluated, decision: Decision, decidedAt: string): Evaluated => {
  const event = eventOf(one.record)
  return event === undefined ? one : {
    position: one.position,
    record: { ...one.record, decision },
    outcome: outcomeOf(one.position, event, decision, decidedAt)
  }
}

/** Decodes the event again: few are asked for. */
const eventOf = ({ raw }: AuditRecord): Event | undefined => {
  const event = decodeEvent(raw)
  return typeof event === "string" ? undefined : event
}
