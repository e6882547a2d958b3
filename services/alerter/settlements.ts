import type { AuditRecord } from "../../layers/audit/EventAudit.ts"
import type { AlertParcel, MetaAlerts, Settlement } from "../../layers/queue/EventQueue.ts"
import type { Decision } from "../../src/domain/Decision.ts"
import type { Event } from "../../src/domain/Event.ts"
import { fingerprint } from "../../src/logic/signatures.ts"
import { eventAlert, metaAlert } from "./alerts.ts"
import type { Hopeless, Judged } from "./judge.ts"
import { deadLetter } from "./letters.ts"
import { readEvent } from "./readEvent.ts"

/** How an event ends that was decided about. */
export const settlementOf = (entryId: string, event: Event, decision: Decision, decidedAt: string): Settlement => {
  if (decision.outcome === "unmatched") {
    return { _tag: "unmatched", entryId, fingerprint: fingerprint(event.hostname, event.message) }
  }
  return decision.outcome === "forwarded" && decision.handling !== null
    ? { _tag: "forwarded", entryId, alert: eventAlert(event, decision, decision.handling, decidedAt) }
    : { _tag: "suppressed", entryId }
}

/** How a batch ends. `recorded` says otherwise than the judgement where somebody had recorded an event before. */
export const settlementsOf = (
  judged: ReadonlyArray<Judged>,
  recorded: ReadonlyMap<string, Decision>,
  hopeless: ReadonlyArray<Hopeless>,
  limits: Pick<MetaAlerts, "threshold" | "windowMs">,
  decidedAt: string
): readonly [ReadonlyArray<Settlement>, MetaAlerts] => {
  const newest = new Map<string, AuditRecord>()
  const settlements = judged.map(({ entryId, record, settlement: own }): Settlement => {
    const other = recorded.get(record.event.id)
    const event = other === undefined ? undefined : eventOf(record)
    const settlement = other === undefined || event === undefined ? own : settlementOf(entryId, event, other, decidedAt)
    if (settlement._tag === "unmatched") {
      newest.set(settlement.fingerprint, other === undefined ? record : { ...record, decision: other })
    }
    return settlement
  })
  const candidates = {
    get: (print: string): AlertParcel | undefined => {
      const record = newest.get(print)
      const event = record && eventOf(record)
      return record && event && metaAlert(event, record.decision, limits, decidedAt)
    }
  }
  return [
    [...settlements, ...hopeless.map(({ entryId, letter }) => deadLetter(entryId, letter))],
    { ...limits, candidates }
  ]
}

/** The whole event again: few are asked for. */
const eventOf = ({ raw }: AuditRecord): Event | undefined => {
  const event = readEvent(raw)
  return typeof event === "string" ? undefined : event
}
