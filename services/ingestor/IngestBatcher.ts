import { Cause, Clock, Context, Effect, Exit, FiberSet, Latch, Layer, Option, Schedule } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import {
  type AppendResult,
  type BatchId,
  type CallId,
  type EventBatch,
  EventQueue,
  type Load
} from "../../layers/queue/EventQueue.ts"
import { QueueDurability } from "../../layers/queue/QueueDurability.ts"
import { QueueUnavailable } from "../../layers/queue/QueueUnavailable.ts"
import { randomUuid } from "../../layers/random/secureRandom.ts"
import { steadyMillis, steadyMillisOf } from "../../layers/telemetry/steadyTime.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import { FairQueue } from "./FairQueue.ts"
import * as metrics from "./metrics.ts"
import { makeQuarantineCounts } from "./quarantineCounts.ts"

/** Appends what listeners receive to the queue, many batches by one call. */
export class IngestBatcher extends Context.Service<IngestBatcher, {
  /**
   * Appends a batch to the queue: `accepted` means stored, and a refused batch left no trace. After `QueueUnavailable`
   * that is unknown, and the sender sends again. Batches of one turn of the event loop share a call. Senders take
   * turns, or each named peer of a sender.
   */
  readonly submit: (eventBatch: EventBatch, peer?: string) => Effect.Effect<AppendResult, QueueUnavailable>
  /** The same without a fiber. Returns how to cancel a batch that has not left yet. */
  readonly offer: (
    eventBatch: EventBatch,
    done: (exit: Exit.Exit<AppendResult, QueueUnavailable>) => void,
    peer?: string
  ) => () => void
  /**
   * An id for a batch that its listener sends again until it is stored, where that may be needed: one that waits for
   * replicas may be there when it is refused.
   */
  readonly batchId: () => BatchId | undefined
  /** Depth of the queue after the newest append. */
  readonly depth: () => number
  /** What found no room last, and since when nothing was stored; `undefined` once a batch with events was. */
  readonly refused: () => RefusedLoad | undefined
}>()("mutt/services/ingestor/IngestBatcher") {}

export interface RefusedLoad extends Load {
  /** Milliseconds since 1970. */
  readonly since: number
}

interface Waiting {
  readonly eventBatch: EventBatch
  readonly resume: (exit: Exit.Exit<AppendResult, QueueUnavailable>) => void
  cancelled: boolean
}

const noResult = new QueueUnavailable({ operation: "append", detail: "no receipt" })
const defect = new QueueUnavailable({ operation: "append", detail: "a defect" })
const shuttingDown = new QueueUnavailable({ operation: "append", detail: "shutting down" })

const dayMs = 86_400_000

/** Events of one call, unless one batch has more. Beyond the processor's cache one costs Redis half as much again. */
const batchEvents = 2_000
/** A batch of so many events is sent at once: Redis works while the next is decoded. */
const largeBatch = 250
/** So many batches are sent at once too, or busy senders fall into step: all wait for Redis, then Redis for all. */
const promptBatches = 32
/**
 * Calls under way before a small batch waits and grows, and before a large one does. So calls are small while Redis is
 * quick, and grow when each waits for a slow disk.
 */
const smallInFlight = 2
const largeInFlight = 3
/** A call whose answer was lost is sent again for so long, with the id that it had. */
const repeatMs = 8_000
const repeatPauseMs = 50

export const IngestBatcherLayer = Layer.effect(
  IngestBatcher,
  Effect.gen(function*() {
    const queue = yield* EventQueue
    const config = yield* DynamicConfig
    const count = yield* metrics.counting
    const countQuarantined = yield* makeQuarantineCounts
    const clock = yield* Clock.Clock
    const waitsForReplicas = (yield* QueueDurability) !== undefined
    const session = randomUuid()
    /** A call has a lane of its own, so that Redis need not remember more than the newest of each. */
    const lanes = Array.from({ length: largeInFlight }, (_, lane) => `${session}:${lane}`)
    let turn = 0
    let batchIds = 0
    const latch = yield* Latch.make(false)
    const waiting = new FairQueue<Waiting>(({ eventBatch }) => sizeOf(eventBatch))
    let waitingEvents = 0
    let calls = 0
    let depth = 0
    let refused: RefusedLoad | undefined
    let closing = false

    const offer: IngestBatcher["Service"]["offer"] = (eventBatch, resume, peer) => {
      const entry: Waiting = { eventBatch, resume, cancelled: false }
      if (closing) resume(Exit.fail(shuttingDown))
      else {
        waiting.push(peer === undefined ? eventBatch.sender : `${eventBatch.sender} ${peer}`, entry)
        waitingEvents += sizeOf(eventBatch)
        sendSoon()
      }
      // Who stopped waiting sends again: what has not left yet would be stored twice.
      return () => {
        entry.cancelled = true
      }
    }

    const submit = (eventBatch: EventBatch, peer?: string): Effect.Effect<AppendResult, QueueUnavailable> =>
      Effect.callback((resume) => Effect.sync(offer(eventBatch, resume, peer)))

    const isDue = (): boolean =>
      waiting.length > 0 && (calls < smallInFlight || (waitingEvents >= largeBatch && calls < largeInFlight))

    const take = (): ReadonlyArray<Waiting> => {
      const batch = waiting.take(batchEvents)
      for (const { eventBatch } of batch) waitingEvents -= sizeOf(eventBatch)
      return batch.filter(({ cancelled }) => !cancelled)
    }

    const limits = () => {
      const { values } = config.snapshot()
      return {
        capacity: values.max_ingest_queue_size,
        capacityBytes: values.max_ingest_queue_bytes,
        rate: values.ingest_max_rate,
        rateWindowMs: values.ingest_rate_window * 1_000,
        quarantine: {
          records: values.quarantine_max_records,
          bytes: values.quarantine_max_bytes,
          keptMs: values.quarantine_retention_days * dayMs
        }
      }
    }

    const answerAll = (batch: ReadonlyArray<Waiting>, results: ReadonlyArray<AppendResult>) => {
      let stored = 0
      batch.forEach(({ eventBatch, resume }, index) => {
        const result = results[index]
        if (result === undefined) return resume(Exit.fail(noResult))
        if (result._tag === "limited") count(metrics.rateLimitHits, 1)
        else if (result._tag === "full" || isNew(result)) depth = result.depth
        if (result._tag === "full") refused = refusedLoad(eventBatch, refused?.since ?? clock.currentTimeMillisUnsafe())
        if (isNew(result)) {
          stored += eventBatch.events.length
          if (eventBatch.events.length > 0) refused = undefined
          if (eventBatch.quarantined.length > 0) countQuarantined(eventBatch, result.overShare)
        }
        resume(Exit.succeed(result))
      })
      if (stored > 0) count(metrics.appendSize, stored)
      count(metrics.queueDepth, depth)
    }

    /**
     * Sends a call again while nobody knows whether it was done, but not when replicas lag: they would still. Once an
     * answer was lost, a later try that reaches no server leaves it unknown: a server that takes over may have the call.
     */
    const appendUntilAnswered = Effect.fnUntraced(function*(eventBatches: ReadonlyArray<EventBatch>, call: CallId) {
      const started = yield* steadyMillis
      const asNow = limits()
      let lost = false
      const isLost = ({ outcome, unreplicated }: QueueUnavailable) => {
        if (outcome === "unknown") lost = true
        return lost && unreplicated !== true && steadyMillisOf(clock) - started < repeatMs
      }
      return yield* Effect.suspend(() => queue.append(eventBatches, asNow, call)).pipe(
        Effect.retry({ while: isLost, schedule: Schedule.spaced(repeatPauseMs) }),
        Effect.mapError((error) =>
          lost && error.outcome === "unchanged"
            ? new QueueUnavailable({ operation: error.operation, detail: error.detail, outcome: "unknown" })
            : error
        )
      )
    })

    const append = Effect.fnUntraced(function*(batch: ReadonlyArray<Waiting>) {
      const lane = lanes.pop() ?? session
      const exit = yield* Effect.exit(
        appendUntilAnswered(batch.map(({ eventBatch }) => eventBatch), { lane, turn: ++turn })
      )
      lanes.push(lane)
      calls--
      if (Exit.isSuccess(exit)) answerAll(batch, exit.value)
      else {
        if (Cause.hasDies(exit.cause)) yield* Effect.logError("The queue hit a defect.", exit.cause)
        const refusal = Cause.findErrorOption(exit.cause)
        if (Option.isSome(refusal) && refusal.value.unreplicated === true) count(metrics.unreplicated, batch.length)
        const failure = Exit.fail(Option.getOrElse(refusal, () => defect))
        for (const { resume } of batch) resume(failure)
      }
      sendSoon()
    }, Effect.uninterruptible)

    // The program ends after each call is answered, so that no sender of what was stored hears that it was not.
    const run = yield* FiberSet.makeRuntime<never, void>()
    const send = (): void => {
      while (isDue()) {
        const batch = take()
        if (batch.length === 0) continue
        calls++
        run(append(batch))
      }
    }
    const sendSoon = (): void => {
      if (waitingEvents >= largeBatch || waiting.length >= promptBatches) send()
      else latch.openUnsafe()
    }
    // The pause lets the rest of this turn arrive.
    const dispatch = latch.await.pipe(
      Effect.andThen(Effect.yieldNow),
      Effect.andThen(Effect.sync(() => {
        latch.closeUnsafe()
        send()
      }))
    )

    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        closing = true
        for (const { resume } of waiting.take(Number.POSITIVE_INFINITY)) resume(Exit.fail(shuttingDown))
      })
    )
    yield* supervised("intake")(Effect.forever(dispatch))
    const batchId = () => waitsForReplicas ? { id: `${session} ${++batchIds}`, content: "" } : undefined
    return IngestBatcher.of({ submit, offer, batchId, depth: () => depth, refused: () => refused })
  })
)

/** Stored now, not by an earlier batch with the same id. */
const isNew = (result: AppendResult): result is Extract<AppendResult, { _tag: "accepted" }> =>
  result._tag === "accepted" && result.repeated !== true

const refusedLoad = ({ events, sender }: EventBatch, since: number): RefusedLoad => ({
  sender,
  events: events.length,
  bytes: events.reduce((sum, text) => sum + text.length, 0),
  since
})

/** Redis works on a record that is refused as long as on so many events. */
export const refusedWork = 4

const sizeOf = ({ events, quarantined }: EventBatch): number => events.length + refusedWork * quarantined.length
