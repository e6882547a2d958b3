import { Effect, FiberSet, Layer, Metric, Queue, References, Stream } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import { AlertQueue, type Claim } from "../../layers/queue/AlertQueue.ts"
import { Secrets } from "../../layers/secret/Secrets.ts"
import { droppedAt } from "../../layers/telemetry/dropped.ts"
import { steadyMillis } from "../../layers/telemetry/steadyTime.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import { makeDeliveryWorker } from "./DeliveryWorker.ts"
import { makeFlowControl } from "./FlowControl.ts"
import { Health } from "./Health.ts"
import { processingDepth, rateLimitHits } from "./metrics.ts"
import { makeResultBatcher } from "./ResultBatcher.ts"

export interface ForwarderOptions {
  readonly concurrency: number
  /** The longest one delivery takes. */
  readonly timeoutMs: number
  /** A claim outlasts the longest delivery by this. */
  readonly leaseMarginMs: number
  readonly retryBaseMs: number
  readonly retryMaxMs: number
}

/** How long a look at an empty queue is good for: a new alert leaves within this. */
const idleMs = 20
/** No wait is longer: settings, the breaker and the limit may change meanwhile. */
const longestWaitMs = 1_000
/** Outcomes that may wait for Redis, for each delivery at once: as many alerts are sent again when this forwarder is killed. */
const mostUnsettled = 4
/** What a stop grants the deliveries under way. */
const drainTime = "10 seconds"

/**
 * Takes alerts from the queue and delivers them, up to `concurrency` at once. Limit, breaker and order are the queue's:
 * what may not be sent now is not claimed, so waiting costs an alert nothing.
 */
export const Forwarder = (options: ForwarderOptions) =>
  Layer.effectDiscard(Effect.gen(function*() {
    const queue = yield* AlertQueue
    const config = yield* DynamicConfig
    const secrets = yield* Secrets
    const health = yield* Health
    const flow = makeFlowControl({ concurrency: options.concurrency, maxRestMs: options.retryMaxMs })
    const wake = yield* Queue.sliding<void>(1)
    const batcher = yield* makeResultBatcher((unsettled) =>
      Effect.andThen(Metric.update(processingDepth, inFlight + unsettled), Queue.offer(wake, undefined))
    )
    const worker = yield* makeDeliveryWorker({ ...options, outbox: batcher, pace: flow })
    const hands = yield* FiberSet.make<void>()
    yield* Effect.addFinalizer(() =>
      FiberSet.awaitEmpty(hands).pipe(
        Effect.andThen(batcher.awaitEmpty),
        Effect.timeoutOrElse({
          duration: drainTime,
          orElse: () => Effect.logWarning("Deliveries were still under way at the end; their alerts are tried again.")
        })
      )
    )
    let inFlight = 0
    let redisAway = false

    const handOut = Effect.fnUntraced(function*(claim: Claim) {
      if (claim._tag !== "claimed") return
      inFlight += claim.alerts.length
      yield* Metric.update(processingDepth, inFlight + batcher.held())
      for (const alert of claim.alerts) {
        const work = worker.handle(alert, claim.probe).pipe(
          droppedAt("forwarder.handle", "A delivery broke; its alert is tried again when its claim has run out."),
          Effect.ensuring(Effect.sync(() => {
            inFlight--
            Queue.offerUnsafe(wake, undefined)
          })),
          Effect.asVoid
        )
        yield* FiberSet.run(hands, work)
      }
      // Their log lines are the alerts', not the claiming loop's.
    }, Effect.provideService(References.CurrentLogAnnotations, {}))

    /** Whole or not at all: what was claimed is in somebody's hands, also when the program stops meanwhile. */
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
        }).pipe(Effect.tap(handOut))
      )

    const wait = (ms: number) =>
      Queue.take(wake).pipe(Effect.timeoutOption(Math.min(Math.max(Math.ceil(ms), 1), longestWaitMs)), Effect.asVoid)

    const goOn = Effect.fnUntraced(function*(claim: Claim) {
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

    const turn = Effect.gen(function*() {
      const { max, waitMs } = flow.look(yield* steadyMillis, inFlight)
      if (waitMs > 0) return yield* wait(waitMs)
      if (max === 0 || batcher.stuck() || batcher.held() >= mostUnsettled * options.concurrency) {
        return yield* wait(longestWaitMs)
      }
      yield* Effect.matchEffect(claim(max), {
        onSuccess: goOn,
        onFailure: Effect.fnUntraced(function*(error) {
          if (!redisAway) {
            yield* Effect.annotateLogs(Effect.logWarning("Redis does not answer; alerts wait."), {
              detail: error.detail
            })
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
    yield* Effect.forever(turn).pipe(supervised("forwarder.claim"))
  }))
