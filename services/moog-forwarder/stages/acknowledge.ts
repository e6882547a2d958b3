import { Effect } from "effect"
import type { AlertOutcome, ClaimedAlert } from "../../../layers/queue/AlertQueue.ts"
import { LogThreshold } from "../../../layers/telemetry/LogThreshold.ts"
import type { Stage } from "../Delivery.ts"
import type { ResultBatcher } from "../ResultBatcher.ts"

/**
 * Acknowledges the outcome to the queue. A delivered alert does not wait for that, so that the next delivery may begin;
 * a failed one does, so that no more is claimed than the breaker allows.
 */
export const makeAcknowledge = (results: ResultBatcher) =>
  Effect.map(LogThreshold, (threshold) => {
    const stage: Stage = Effect.fnUntraced(function*(delivery) {
      const { claimed, outcome } = delivery
      if (outcome === undefined) return delivery
      if (outcome._tag === "delivered") {
        if (threshold.allows("Debug")) yield* report(outcome, claimed)
        results.add(claimed, outcome)
      } else {
        yield* report(outcome, claimed)
        yield* results.acknowledge(claimed, outcome)
      }
      return delivery
    })
    return stage
  })

const report = (outcome: AlertOutcome, { id, tries }: ClaimedAlert): Effect.Effect<void> => {
  const alert = { alertId: id, tries: tries + 1 }
  switch (outcome._tag) {
    case "delivered":
      return Effect.annotateLogs(Effect.logDebug("An alert was delivered."), alert)
    case "parked": {
      const { attempt: { detail, reason }, delayMs } = outcome
      const log = Effect.logWarning("An alert could not be delivered; it is tried again.")
      return Effect.annotateLogs(log, { ...alert, reason, detail, delayMs })
    }
    case "dead": {
      const { attempt: { detail }, reason } = outcome
      const log = Effect.logError("An alert could not be delivered; it is kept as a dead letter.")
      return Effect.annotateLogs(log, { ...alert, reason, detail })
    }
  }
}
