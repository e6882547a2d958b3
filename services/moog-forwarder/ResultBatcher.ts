import { Effect, Latch, Metric, Queue, Schedule } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import { type AlertOutcome, AlertQueue, type ClaimedAlert } from "../../layers/queue/AlertQueue.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import { lostLeases, processed } from "./metrics.ts"

interface Result {
  readonly alert: ClaimedAlert
  readonly outcome: AlertOutcome
  readonly onAcknowledged: () => void
}

/** How often outcomes that Redis did not take are offered again. */
const retrySchedule = Schedule.spaced("250 millis").pipe(Schedule.jittered)

/** Outcomes that go in one call. */
const batchSize = 500

/**
 * Acknowledges outcomes to the queue by the batch: what comes while a call is under way goes with the next one.
 * `acknowledged` runs after each call, with how many outcomes still wait.
 */
export const makeResultBatcher = Effect.fnUntraced(function*(
  acknowledged: (waiting: number) => Effect.Effect<unknown>
) {
  const queue = yield* AlertQueue
  const config = yield* DynamicConfig
  const results = yield* Queue.unbounded<Result>()
  const empty = Latch.makeUnsafe(true)
  let waiting = 0
  let stuck = false

  const untilAccepted = Effect.fnUntraced(function*(batch: ReadonlyArray<Result>) {
    const offer = Effect.suspend(() => queue.acknowledge(batch, config.snapshot().values.circuit_breaker_threshold))
    return yield* Effect.catchTag(offer, "QueueUnavailable", ({ detail }) => {
      stuck = true
      return Effect.logWarning("Outcomes could not be settled; they are offered again until they are.").pipe(
        Effect.annotateLogs({
          alertIds: batch.slice(0, 20).map(({ alert }) => alert.id),
          outcomes: batch.length,
          detail
        }),
        Effect.andThen(Effect.retry(offer, retrySchedule)),
        // The retry has no end but success.
        Effect.orDie,
        Effect.ensuring(Effect.sync(() => {
          stuck = false
        }))
      )
    })
  })

  const acknowledge = Effect.fnUntraced(function*(batch: ReadonlyArray<Result>) {
    const accepted = yield* untilAccepted(batch)
    const ended = { delivered: 0, parked: 0, dead: 0 }
    for (const [index, { alert, outcome }] of batch.entries()) {
      if (accepted[index] === true) ended[outcome._tag]++
      else yield* leaseLost(alert, outcome)
    }
    if (ended.delivered > 0) yield* Metric.update(processed.success, ended.delivered)
    if (ended.parked > 0) yield* Metric.update(processed.error, ended.parked)
    if (ended.dead > 0) yield* Metric.update(processed.dlq, ended.dead)
  })

  const release = (batch: ReadonlyArray<Result>) =>
    Effect.suspend(() => {
      waiting -= batch.length
      if (waiting === 0) empty.openUnsafe()
      for (const { onAcknowledged } of batch) onAcknowledged()
      return acknowledged(waiting)
    })

  yield* Queue.takeBetween(results, 1, batchSize).pipe(
    Effect.flatMap((batch) => Effect.ensuring(acknowledge(batch), release(batch))),
    Effect.forever,
    supervised("forwarder.settle")
  )

  const add = (alert: ClaimedAlert, outcome: AlertOutcome, onAcknowledged = () => {}): void => {
    waiting++
    empty.closeUnsafe()
    Queue.offerUnsafe(results, { alert, outcome, onAcknowledged })
  }

  return {
    add,
    /** Adds an outcome, and waits until it is acknowledged. */
    acknowledge: (alert: ClaimedAlert, outcome: AlertOutcome): Effect.Effect<void> =>
      Effect.callback<void>((resume) => add(alert, outcome, () => resume(Effect.void))),
    /** Outcomes not acknowledged yet. */
    waiting: () => waiting,
    /** Redis does not accept an outcome. Nothing new should be claimed: what is delivered now would be sent again. */
    stuck: () => stuck,
    awaitEmpty: empty.await
  }
})

export type ResultBatcher = Effect.Success<ReturnType<typeof makeResultBatcher>>

const leaseLost = ({ id }: ClaimedAlert, { _tag }: AlertOutcome) =>
  Metric.update(lostLeases, 1).pipe(
    Effect.andThen(
      Effect.logWarning("A claim had run out before its outcome was settled; the alert is tried again.")
    ),
    Effect.annotateLogs({ alertId: id, outcome: _tag })
  )
