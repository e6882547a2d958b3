import type { AuditRecord } from "../../../layers/audit/EventAudit.ts"
import type { EncodedAlert, EventPosition, MetaAlerts, Outcome } from "../../../layers/queue/EventQueue.ts"
import type { Decision } from "../../../src/domain/Decision.ts"
import type { Event } from "../../../src/domain/Event.ts"
import { fingerprint } from "../../../src/logic/signatures.ts"
import type { Batch, Evaluated } from "../Batch.ts"
import { deadLetter } from "../DeadLetterReason.ts"
import { eventAlert, metaAlert } from "./alerts.ts"
import { decodeEvent } from "./decodeEvent.ts"

/** How an event ends that was decided about. */
export const outcomeOf = (position: EventPosition, event: Event, decision: Decision, decidedAt: string): Outcome => {
  if (decision.outcome === "unmatched") {
    return { _tag: "unmatched", position, fingerprint: fingerprint(event.hostname, event.message) }
  }
  return decision.outcome === "forwarded" && decision.handling !== null
    ? { _tag: "forwarded", position, alert: eventAlert(event, decision, decision.handling, decidedAt) }
    : { _tag: "suppressed", position }
}

/** How a batch ends. `recorded` says otherwise than the evaluation where somebody had recorded an event before. */
export const outcomesOf = (
  { at, evaluated, recorded, rejected }: Pick<Batch, "at" | "evaluated" | "recorded" | "rejected">,
  limits: Pick<MetaAlerts, "threshold" | "windowMs">
): readonly [ReadonlyArray<Outcome>, MetaAlerts] => {
  const final = recorded.size === 0 ? evaluated : evaluated.map((one) => {
    const decision = recorded.get(one.record.event.id)
    return decision === undefined ? one : decidedAnew(one, decision, at)
  })
  let newest: ReadonlyMap<string, AuditRecord> | undefined
  const candidates = {
    get: (print: string): EncodedAlert | undefined => {
      newest ??= newestByPrint(final)
      const record = newest.get(print)
      const event = record && eventOf(record)
      return record && event && metaAlert(event, record.decision, limits, at)
    }
  }
  return [
    [
      ...final.map(({ outcome }) => outcome),
      ...rejected.map(({ letter, position }) => deadLetter(position, letter))
    ],
    { ...limits, candidates }
  ]
}

const newestByPrint = (evaluated: ReadonlyArray<Evaluated>): ReadonlyMap<string, AuditRecord> =>
  new Map(
    evaluated.flatMap(({ record, outcome }) =>
      outcome._tag === "unmatched" ? [[outcome.fingerprint, record] as const] : []
    )
  )

/** As it was decided before. */
const decidedAnew = (one: Evaluated, decision: Decision, decidedAt: string): Evaluated => {
  const event = eventOf(one.record)
  return event === undefined ? one : {
    position: one.position,
    record: { ...one.record, decision },
    outcome: outcomeOf(one.position, event, decision, decidedAt)
  }
}

/** The whole event again: few are asked for. */
const eventOf = ({ raw }: AuditRecord): Event | undefined => {
  const event = decodeEvent(raw)
  return typeof event === "string" ? undefined : event
}
