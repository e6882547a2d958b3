import { Effect, Latch, Metric, Queue, Schedule } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import { type AlertOutcome, AlertQueue, type ClaimedAlert } from "../../layers/queue/AlertQueue.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import { lostLeases, processed } from "./metrics.ts"

interface Result {
  readonly alert: ClaimedAlert
  readonly outcome: AlertOutcome
  readonly over: () => void
}

/** How often outcomes that Redis did not take are offered again. */
const settleAgain = Schedule.spaced("250 millis").pipe(Schedule.jittered)

/** Outcomes that go in one call. */
const most = 500

/**
 * Outcomes on their way to the queue. What comes while a call is under way goes with the next one; `settled` is run after each, with how
 * many are left.
 */
export const makeResultBatcher = Effect.fnUntraced(function*(settled: (held: number) => Effect.Effect<unknown>) {
  const queue = yield* AlertQueue
  const config = yield* DynamicConfig
  const results = yield* Queue.unbounded<Result>()
  const empty = Latch.makeUnsafe(true)
  let held = 0
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
        Effect.andThen(Effect.retry(offer, settleAgain)),
        // The retry has no end but success.
        Effect.orDie,
        Effect.ensuring(Effect.sync(() => {
          stuck = false
        }))
      )
    })
  })

  const settle = Effect.fnUntraced(function*(batch: ReadonlyArray<Result>) {
    const answers = yield* untilAccepted(batch)
    const ended = { delivered: 0, parked: 0, dead: 0 }
    for (const [index, { alert, outcome }] of batch.entries()) {
      if (answers[index] === true) ended[outcome._tag]++
      else yield* lost(alert, outcome)
    }
    if (ended.delivered > 0) yield* Metric.update(processed.success, ended.delivered)
    if (ended.parked > 0) yield* Metric.update(processed.error, ended.parked)
    if (ended.dead > 0) yield* Metric.update(processed.dlq, ended.dead)
  })

  const release = (batch: ReadonlyArray<Result>) =>
    Effect.suspend(() => {
      held -= batch.length
      if (held === 0) empty.openUnsafe()
      for (const { over } of batch) over()
      return settled(held)
    })

  yield* Queue.takeBetween(results, 1, most).pipe(
    Effect.flatMap((batch) => Effect.ensuring(settle(batch), release(batch))),
    Effect.forever,
    supervised("forwarder.settle")
  )

  const put = (result: Result) => {
    held++
    empty.closeUnsafe()
    Queue.offerUnsafe(results, result)
  }

  return {
    /** To be settled soon. */
    put: (alert: ClaimedAlert, outcome: AlertOutcome): void => put({ alert, outcome, over: nothing }),
    /** The same, and waits until it is. */
    settle: (alert: ClaimedAlert, outcome: AlertOutcome): Effect.Effect<void> =>
      Effect.callback<void>((resume) => put({ alert, outcome, over: () => resume(Effect.void) })),
    /** Outcomes not settled yet. */
    held: () => held,
    /**
     * Redis did not take an outcome yet. What the platform has taken must be settled, or it is sent again: until then, nothing new
     * should be claimed.
     */
    stuck: () => stuck,
    /** Ends when all is settled. */
    awaitEmpty: empty.await
  }
})

export type ResultBatcher = Effect.Success<ReturnType<typeof makeResultBatcher>>

const nothing = () => {}

const lost = ({ id }: ClaimedAlert, { _tag }: AlertOutcome) =>
  Metric.update(lostLeases, 1).pipe(
    Effect.andThen(
      Effect.logWarning("A claim had run out before its outcome was settled; the alert is tried again.")
    ),
    Effect.annotateLogs({ alertId: id, outcome: _tag })
  )
