import { Clock, Effect, Layer } from "effect"
import {
  type AlertAcknowledgement,
  type AlertOutcome,
  AlertQueue,
  type Claim,
  type ClaimedAlert,
  type ClaimLimits
} from "../../../layers/queue/AlertQueue.ts"
import { attemptLimit, idleMs } from "../../../layers/queue/limits.ts"
import { afterAnswer, type Answer, breakerWait } from "./breaker.ts"
import { QueueState } from "./QueueState.ts"

type State = QueueState["Service"]

/** Keeps everything, forgets everything at exit. */
export const AlertQueueMemory = Layer.effect(
  AlertQueue,
  Effect.map(QueueState, (state) =>
    AlertQueue.of({
      claim: (limits) => Effect.map(Clock.currentTimeMillis, (now) => claim(state, now, limits)),
      acknowledge: (outcomes, breakerThreshold) =>
        Effect.map(
          Clock.currentTimeMillis,
          (now) => outcomes.map((one) => acknowledge(state, now, one, breakerThreshold))
        ),
      backlog: Effect.map(Clock.currentTimeMillis, (now) => {
        const { breaker } = state.delivery
        return {
          depth: state.alerts.size,
          breaker: breaker.state,
          breakerFailures: breaker.failures,
          breakerOpenMs: breaker.state === "closed" ? 0 : Math.max(0, now - breaker.since)
        }
      })
    }))
)

const claim = (state: State, now: number, limits: ClaimLimits): Claim => {
  const { delivery, due } = state
  const wait = breakerWait(delivery.breaker, limits.breakerTimeoutMs, now)
  if (wait > 0) return { _tag: "open", waitMs: wait }
  const probe = delivery.breaker.state !== "closed"

  const heads = [...due].sort(([idA, a], [idB, b]) => a - b || (idA < idB ? -1 : 1))
  const ready = heads.filter(([, at]) => at <= now).slice(0, probe ? Math.min(limits.max, 1) : limits.max)
  if (ready.length === 0) {
    const [first] = heads
    return { _tag: "empty", waitMs: first === undefined ? idleMs : Math.min(Math.max(first[1] - now, 0), idleMs) }
  }

  const { rate, ratePeriodMs } = limits
  const bucket = delivery.bucket ?? { left: rate, at: now }
  const left = Math.min(rate, bucket.left + Math.max(0, now - bucket.at) * rate / ratePeriodMs)
  const most = Math.min(ready.length, Math.floor(left + 1e-6))
  if (most < 1) return { _tag: "limited", waitMs: Math.max(1, Math.ceil((1 - left) * ratePeriodMs / rate - 1e-6)) }
  delivery.bucket = { left: left - most, at: now }

  const ends = now + limits.leaseMs
  const alerts = ready.slice(0, most).flatMap(([id]): ReadonlyArray<ClaimedAlert> => {
    const held = state.alerts.get(id)
    if (held === undefined) return []
    const lease = `${++delivery.leases}-${now}`
    const { attempts, payload, tries } = held
    state.alerts.set(id, { ...held, lease })
    due.set(id, ends)
    if (probe) delivery.breaker = { ...delivery.breaker, state: "half_open", probe: { lease, ends } }
    return [{ id, payload, attempts, tries, lease }]
  })
  return { _tag: "claimed", alerts, probe }
}

const acknowledge = (
  state: State,
  now: number,
  { alert: { id, lease }, outcome }: AlertAcknowledgement,
  threshold: number
): boolean => {
  const held = state.alerts.get(id)
  if (held === undefined || held.lease === "" || held.lease !== lease) return false
  const { delivery } = state
  delivery.breaker = afterAnswer(delivery.breaker, answerOf(outcome), lease, threshold, now)
  const attempts = outcome._tag === "delivered" ? [] : [...held.attempts, outcome.attempt].slice(-attemptLimit)
  switch (outcome._tag) {
    case "delivered":
      state.removeAlert(now, held)
      state.add("delivered")
      state.deliveries.set(state.entryId(now), {
        alertId: id,
        deliveredAt: now,
        tries: held.tries + 1,
        attempts: held.attempts
      })
      return true
    case "parked":
      state.alerts.set(id, { ...held, attempts, tries: held.tries + (outcome.counts ? 1 : 0), lease: "" })
      state.due.set(id, now + Math.ceil(outcome.delayMs))
      return true
    case "dead": {
      const { attempt, reason } = outcome
      const { payload, signature } = held
      state.alertsDead.set(state.entryId(now), { id, signature, payload, reason, detail: attempt.detail, attempts })
      state.removeAlert(now, held)
      return true
    }
  }
}

const answerOf = (outcome: AlertOutcome): Answer =>
  outcome._tag === "delivered" ? "success" : outcome.failure === true ? "failure" : "neither"
