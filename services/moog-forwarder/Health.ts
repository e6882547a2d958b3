import { Clock, Context, Effect, Layer, Metric } from "effect"
import type { DeliveryResult } from "../../layers/delivery/Receiver.ts"
import type { Check, CheckResult } from "../../layers/http/HealthCheck.ts"
import { AlertQueue, type BreakerState } from "../../layers/queue/AlertQueue.ts"
import { DeadLetters } from "../../layers/queue/DeadLetters.ts"
import type { QueueUnavailable } from "../../layers/queue/QueueUnavailable.ts"
import { Secrets } from "../../layers/secret/Secrets.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import { makeBreakerTime } from "./breakerTime.ts"
import { beginAtZero, breakerChanges, breakerFailures, breakerState, deadLetterDepth, queueDepth } from "./metrics.ts"

/** What this forwarder knows of the platform, for probes, metrics and the log. */
export class Health extends Context.Service<Health, {
  readonly record: (result: DeliveryResult, nowMs: number) => void
  /** Called whenever the breaker's state shows itself; a change is counted and logged once. */
  readonly breaker: (state: BreakerState) => Effect.Effect<void>
  /** Milliseconds of a time in which the breaker was not closed, as far as this forwarder saw it. */
  readonly breakerOpenWithin: (fromMs: number, toMs: number) => number
  /** Reads depths and breaker from the queue into the gauges. */
  readonly refresh: Effect.Effect<void, QueueUnavailable>
  readonly checks: ReadonlyArray<Check>
}>()("mutt/services/moog-forwarder/Health") {}

const breakerNames = { closed: "CLOSED", half_open: "HALF_OPEN", open: "OPEN" } as const
const breakerNumbers = { closed: 0, half_open: 1, open: 2 } as const

const watchEvery = "2 seconds"

export const HealthLayer = Layer.effect(
  Health,
  Effect.gen(function*() {
    const queue = yield* AlertQueue
    const deadLetters = yield* DeadLetters
    const secrets = yield* Secrets
    yield* beginAtZero
    let state: BreakerState | undefined
    let last: DeliveryResult | undefined
    let deliveredAt: number | undefined
    const breakerTime = makeBreakerTime()

    const breaker = Effect.fnUntraced(function*(now: BreakerState) {
      if (now === state) return
      const before = state
      state = now
      const at = yield* Clock.currentTimeMillis
      if (now === "closed") breakerTime.closed(at)
      else breakerTime.opened(at)
      yield* Metric.update(breakerState, breakerNumbers[now])
      if (before === undefined) return
      const change = { from_state: breakerNames[before], to_state: breakerNames[now] }
      yield* Metric.update(Metric.withAttributes(breakerChanges, change), 1)
      const log = now === "closed"
        ? Effect.logInfo("The circuit breaker closed: the platform takes alerts.")
        : now === "open"
        ? Effect.logWarning("The circuit breaker opened: alerts wait until a probe gets through.")
        : Effect.logDebug("The circuit breaker lets one probe through.")
      yield* Effect.annotateLogs(log, change)
    })

    const record = (result: DeliveryResult, nowMs: number) => {
      last = result
      if (result._tag === "delivered") deliveredAt = nowMs
    }

    const refresh = Effect.gen(function*() {
      const backlog = yield* queue.backlog
      if (backlog.breaker !== "closed") {
        breakerTime.opened((yield* Clock.currentTimeMillis) - backlog.breakerOpenMs)
      }
      yield* breaker(backlog.breaker)
      yield* Metric.update(breakerFailures, backlog.breakerFailures)
      yield* Metric.update(queueDepth, backlog.depth)
      yield* Metric.update(deadLetterDepth, yield* deadLetters.count("alerts"))
    })

    // That Redis is away is logged by the loop that claims.
    yield* Effect.ignore(refresh).pipe(
      Effect.andThen(Effect.sleep(watchEvery)),
      Effect.forever,
      supervised("forwarder.watch")
    )

    const key: Check = {
      name: "moog_api_key",
      required: true,
      check: Effect.match(secrets.candidates("MOOG_API_KEY"), {
        onSuccess: (candidates): CheckResult => ({
          state: "ok",
          detail: candidates.map(({ fingerprint, slot }) => `${slot} ${fingerprint}`).join(", ")
        }),
        onFailure: ({ name, store }): CheckResult => ({
          state: "down",
          detail: `${name} is not in the store (${store})`
        })
      })
    }

    // Never required: restarting a forwarder does not end an outage of the platform.
    const platform: Check = {
      name: "moogsoft",
      required: false,
      check: Effect.map(Clock.currentTimeMillis, (now): CheckResult => ({
        ...stateOf(state, last),
        ...(deliveredAt === undefined ? {} : { ageMs: now - deliveredAt })
      }))
    }

    return Health.of({ record, breaker, breakerOpenWithin: breakerTime.within, refresh, checks: [key, platform] })
  })
)

const stateOf = (state: BreakerState | undefined, last: DeliveryResult | undefined): CheckResult => {
  const trouble = [
    ...(state === "open" || state === "half_open" ? [`circuit breaker ${state}`] : []),
    ...(last?._tag === "retry" ? [`${last.reason}: ${last.detail}`] : [])
  ]
  return trouble.length === 0 ? { state: "ok" } : { state: "degraded", detail: trouble.join("; ") }
}
