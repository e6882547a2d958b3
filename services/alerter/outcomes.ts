import type { AuditRecord } from "../../layers/audit/EventAudit.ts"
import type { AlertParcel, MetaAlerts, Place, Settlement } from "../../layers/queue/EventQueue.ts"
import type { Decision } from "../../src/domain/Decision.ts"
import type { Event } from "../../src/domain/Event.ts"
import { fingerprint } from "../../src/logic/signatures.ts"
import { eventAlert, metaAlert } from "./alerts.ts"
import { deadLetter } from "./DeadLetterReason.ts"
import { readEvent } from "./decodeEvent.ts"
import type { Hopeless, Judged } from "./evaluate.ts"

/** How an event ends that was decided about. */
export const settlementOf = (place: Place, event: Event, decision: Decision, decidedAt: string): Settlement => {
  if (decision.outcome === "unmatched") {
    return { _tag: "unmatched", place, fingerprint: fingerprint(event.hostname, event.message) }
  }
  return decision.outcome === "forwarded" && decision.handling !== null
    ? { _tag: "forwarded", place, alert: eventAlert(event, decision, decision.handling, decidedAt) }
    : { _tag: "suppressed", place }
}

/** How a batch ends. `recorded` says otherwise than the judgement where somebody had recorded an event before. */
export const settlementsOf = (
  judged: ReadonlyArray<Judged>,
  recorded: ReadonlyMap<string, Decision>,
  hopeless: ReadonlyArray<Hopeless>,
  limits: Pick<MetaAlerts, "threshold" | "windowMs">,
  decidedAt: string
): readonly [ReadonlyArray<Settlement>, MetaAlerts] => {
  const final = recorded.size === 0 ? judged : judged.map((one) => {
    const decision = recorded.get(one.record.event.id)
    return decision === undefined ? one : judgedAnew(one, decision, decidedAt)
  })
  let newest: ReadonlyMap<string, AuditRecord> | undefined
  const candidates = {
    get: (print: string): AlertParcel | undefined => {
      newest ??= newestByPrint(final)
      const record = newest.get(print)
      const event = record && eventOf(record)
      return record && event && metaAlert(event, record.decision, limits, decidedAt)
    }
  }
  return [
    [
      ...final.map(({ settlement }) => settlement),
      ...hopeless.map(({ letter, place }) => deadLetter(place, letter))
    ],
    { ...limits, candidates }
  ]
}

const newestByPrint = (judged: ReadonlyArray<Judged>): ReadonlyMap<string, AuditRecord> =>
  new Map(
    judged.flatMap(({ record, settlement }) =>
      settlement._tag === "unmatched" ? [[settlement.fingerprint, record] as const] : []
    )
  )

/** As it was decided before. */
const judgedAnew = (one: Judged, decision: Decision, decidedAt: string): Judged => {
  const event = eventOf(one.record)
  return event === undefined ? one : {
    place: one.place,
    record: { ...one.record, decision },
    settlement: settlementOf(one.place, event, decision, decidedAt)
  }
}

/** The whole event again: few are asked for. */
const eventOf = ({ raw }: AuditRecord): Event | undefined => {
  const event = readEvent(raw)
  return typeof event === "string" ? undefined : event
}
