import { Effect, FiberSet, Layer, Metric, Queue, References, Stream } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import { AlertQueue, type Claim } from "../../layers/queue/AlertQueue.ts"
import { Secrets } from "../../layers/secret/Secrets.ts"
import { droppedAt } from "../../layers/telemetry/dropped.ts"
import { steadyMillis } from "../../layers/telemetry/steadyTime.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import { makeFlowControl } from "./FlowControl.ts"
import { Health } from "./Health.ts"
import { processingDepth, rateLimitHits } from "./metrics.ts"
import { makePipeline } from "./pipeline.ts"
import { makeResultBatcher } from "./ResultBatcher.ts"

export interface AlertConsumerOptions {
  readonly concurrency: number
  /** The longest one delivery takes. */
  readonly timeoutMs: number
  /** A claim outlasts the longest delivery by this. */
  readonly leaseMarginMs: number
  readonly retryBaseMs: number
  readonly retryMaxMs: number
}

/** Between two claims of an empty queue: a new alert leaves within this. */
const idleMs = 20
/** No wait is longer: settings, the breaker and the limit may change meanwhile. */
const longestWaitMs = 1_000
/** Outcomes that may wait for Redis, times `concurrency`: a killed forwarder sends as many alerts again. */
const mostUnacknowledged = 4
/** What a stop grants the deliveries under way. */
const drainTime = "10 seconds"

/**
 * Claims alerts and takes up to `concurrency` of them through the pipeline at once. Limit, breaker and order are the
 * queue's: what may not be sent now is not claimed, so waiting costs an alert nothing.
 */
export const AlertConsumer = (options: AlertConsumerOptions) =>
  Layer.effectDiscard(Effect.gen(function*() {
    const queue = yield* AlertQueue
    const config = yield* DynamicConfig
    const secrets = yield* Secrets
    const health = yield* Health
    const flow = makeFlowControl({ concurrency: options.concurrency, maxRestMs: options.retryMaxMs })
    const wake = yield* Queue.sliding<void>(1)
    const results = yield* makeResultBatcher((waiting) =>
      Effect.andThen(Metric.update(processingDepth, inFlight + waiting), Queue.offer(wake, undefined))
    )
    const deliver = yield* makePipeline({ ...options, flow, results })
    const running = yield* FiberSet.make<void>()
    yield* Effect.addFinalizer(() =>
      FiberSet.awaitEmpty(running).pipe(
        Effect.andThen(results.awaitEmpty),
        Effect.timeoutOrElse({
          duration: drainTime,
          orElse: () => Effect.logWarning("Deliveries were still under way at the end; their alerts are tried again.")
        })
      )
    )
    let inFlight = 0
    let redisAway = false

    const startDeliveries = Effect.fnUntraced(function*(claim: Claim) {
      if (claim._tag !== "claimed") return
      inFlight += claim.alerts.length
      yield* Metric.update(processingDepth, inFlight + results.waiting())
      for (const alert of claim.alerts) {
        const delivery = deliver(alert, claim.probe).pipe(
          droppedAt("forwarder.handle", "A delivery broke; its alert is tried again when its claim has run out."),
          Effect.ensuring(Effect.sync(() => {
            inFlight--
            Queue.offerUnsafe(wake, undefined)
          })),
          Effect.asVoid
        )
        yield* FiberSet.run(running, delivery)
      }
      // Their log lines are the alerts', not the claiming loop's.
    }, Effect.provideService(References.CurrentLogAnnotations, {}))

    /** Uninterruptible: every claimed alert has its delivery, also when the program stops meanwhile. */
    const claim = (max: number) =>
      Effect.uninterruptible(
        Effect.suspend(() => {
          const { values } = config.snapshot()
          return queue.claim({
            max,
            leaseMs: options.timeoutMs + options.leaseMarginMs,
            rate: values.moog_rate_limit,
            ratePeriodMs: values.moog_rate_period * 1_000,
            breakerTimeoutMs: values.circuit_breaker_timeout * 1_000
          })
        }).pipe(Effect.tap(startDeliveries))
      )

    const wait = (ms: number) =>
      Queue.take(wake).pipe(Effect.timeoutOption(Math.min(Math.max(Math.ceil(ms), 1), longestWaitMs)), Effect.asVoid)

    const afterClaim = Effect.fnUntraced(function*(claim: Claim) {
      if (redisAway) yield* Effect.logInfo("Redis answers again; alerts go on.")
      redisAway = false
      switch (claim._tag) {
        case "claimed":
          yield* health.breaker(claim.probe ? "half_open" : "closed")
          return claim.alerts.length === 0 ? yield* wait(idleMs) : undefined
        case "empty":
          return yield* wait(Math.min(claim.waitMs, idleMs))
        case "limited":
          yield* Metric.update(rateLimitHits, 1)
          return yield* wait(claim.waitMs)
        case "open":
          yield* Effect.ignore(health.refresh)
          return yield* wait(claim.waitMs)
      }
    })

    const claimNext = Effect.gen(function*() {
      const { max, waitMs } = flow.allowance(yield* steadyMillis, inFlight)
      if (waitMs > 0) return yield* wait(waitMs)
      if (max === 0 || results.stuck() || results.waiting() >= mostUnacknowledged * options.concurrency) {
        return yield* wait(longestWaitMs)
      }
      yield* Effect.matchEffect(claim(max), {
        onSuccess: afterClaim,
        onFailure: Effect.fnUntraced(function*({ detail }) {
          if (!redisAway) {
            yield* Effect.annotateLogs(Effect.logWarning("Redis does not answer; alerts wait."), { detail })
          }
          redisAway = true
          yield* wait(longestWaitMs)
        })
      })
    })

    yield* secrets.changes.pipe(
      Stream.runForEach(() => Effect.andThen(Effect.sync(flow.keyChanged), Queue.offer(wake, undefined))),
      supervised("forwarder.secrets")
    )
    yield* Effect.forever(claimNext).pipe(supervised("forwarder.claim"))
  }))
