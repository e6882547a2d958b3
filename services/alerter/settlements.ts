import type { AlertParcel, MetaAlerts, Settlement } from "../../layers/queue/EventQueue.ts"
import type { Decision } from "../../src/domain/Decision.ts"
import type { Event } from "../../src/domain/Event.ts"
import { fingerprint } from "../../src/logic/signatures.ts"
import { eventAlert, metaAlert } from "./alerts.ts"
import type { Hopeless, Judged } from "./judge.ts"
import { deadLetter } from "./letters.ts"

/** How a batch ends. `recorded` says otherwise than the judgement where somebody had recorded an event before. */
export const settlementsOf = (
  judged: ReadonlyArray<Judged>,
  recorded: ReadonlyMap<string, Decision>,
  hopeless: ReadonlyArray<Hopeless>,
  limits: Pick<MetaAlerts, "threshold" | "windowMs">,
  decidedAt: string
): readonly [ReadonlyArray<Settlement>, MetaAlerts] => {
  const newest = new Map<string, readonly [Event, Decision]>()
  const settlements = judged.map(({ entryId, record: { decision: own, event } }): Settlement => {
    const decision = recorded.get(event.id) ?? own
    if (decision.outcome === "unmatched") {
      const print = fingerprint(event.hostname, event.message)
      newest.set(print, [event, decision])
      return { _tag: "unmatched", entryId, fingerprint: print }
    }
    return decision.outcome === "forwarded" && decision.handling !== null
      ? { _tag: "forwarded", entryId, alert: eventAlert(event, decision, decision.handling, decidedAt) }
      : { _tag: "suppressed", entryId }
  })
  const candidates = {
    get: (print: string): AlertParcel | undefined => {
      const of = newest.get(print)
      return of === undefined ? undefined : metaAlert(...of, limits, decidedAt)
    }
  }
  return [
    [...settlements, ...hopeless.map(({ entryId, letter }) => deadLetter(entryId, letter))],
    { ...limits, candidates }
  ]
}
