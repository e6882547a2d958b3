import { Cause, Clock, Context, Effect, Exit, FiberSet, Latch, Layer, Option } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import { type AppendResult, type EventBatch, EventQueue, type Load } from "../../layers/queue/EventQueue.ts"
import { QueueUnavailable } from "../../layers/queue/QueueUnavailable.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import { FairQueue } from "./FairQueue.ts"
import * as metrics from "./metrics.ts"
import { makeQuarantineCounts } from "./quarantineCounts.ts"

/** The way into the queue, for everything that listens. */
export class IngestBatcher extends Context.Service<IngestBatcher, {
  /**
   * Stored when it says `accepted`; a refused batch left no trace. After `QueueUnavailable` that is unknown, and the sender
   * sends again. Batches of one turn of the event loop travel together, and those who send much wait for their turn among the others:
   * a sender has one turn, or each peer of it that is named.
   */
  readonly submit: (eventBatch: EventBatch, peer?: string) => Effect.Effect<AppendResult, QueueUnavailable>
  /** The same without a fiber. Returns how to say that nobody waits for it any more. */
  readonly offer: (
    eventBatch: EventBatch,
    done: (exit: Exit.Exit<AppendResult, QueueUnavailable>) => void,
    peer?: string
  ) => () => void
  /** Depth of the queue as of the newest receipt. */
  readonly depth: () => number
  /** What found no room last, and since when nothing else has; nothing once a batch with events was taken. */
  readonly refused: () => Refusal | undefined
}>()("mutt/services/ingestor/IngestBatcher") {}

export interface Refusal extends Load {
  /** Milliseconds since 1970. */
  readonly since: number
}

interface Waiting {
  readonly eventBatch: EventBatch
  readonly resume: (exit: Exit.Exit<AppendResult, QueueUnavailable>) => void
  gone: boolean
}

const noReceipt = new QueueUnavailable({ operation: "append", detail: "no receipt" })
const defect = new QueueUnavailable({ operation: "append", detail: "a defect" })
const shuttingDown = new QueueUnavailable({ operation: "append", detail: "shutting down" })

const dayMs = 86_400_000

/** Events of one call; a larger batch travels alone. Beyond the processor's cache each event costs Redis half as much again. */
const batchEvents = 2_000
/** A batch of so many events gains nothing by waiting for more: it leaves at once, and Redis works while the next is decoded. */
const largeBatch = 250
/**
 * Neither does one of so many batches wait for the rest of the turn. Otherwise many busy senders fall into step: all of them wait for
 * Redis, and then Redis for all of them.
 */
const promptParcels = 32
/**
 * Calls under way before a small batch waits and grows, and before a large one does: one that runs, one behind it, and one on its way.
 * So calls are small while Redis is quick, and grow when each waits for a slow disk.
 */
const smallInFlight = 2
const largeInFlight = 3

/** Gathers what arrives in one turn of the event loop and appends it by one call. */
export const IngestBatcherLayer = Layer.effect(
  IngestBatcher,
  Effect.gen(function*() {
    const queue = yield* EventQueue
    const config = yield* DynamicConfig
    const count = yield* metrics.counting
    const countQuarantined = yield* makeQuarantineCounts
    const clock = yield* Clock.Clock
    const latch = yield* Latch.make(false)
    const waiting = new FairQueue<Waiting>(({ eventBatch }) => sizeOf(eventBatch))
    let waitingEvents = 0
    let calls = 0
    let depth = 0
    let refused: Refusal | undefined
    let closing = false

    const offer: IngestBatcher["Service"]["offer"] = (eventBatch, resume, peer) => {
      const entry: Waiting = { eventBatch, resume, gone: false }
      if (closing) resume(Exit.fail(shuttingDown))
      else {
        waiting.push(peer === undefined ? eventBatch.sender : `${eventBatch.sender} ${peer}`, entry)
        waitingEvents += sizeOf(eventBatch)
        look()
      }
      // Whoever stopped waiting will send again: what has not left yet would only be there twice.
      return () => {
        entry.gone = true
      }
    }

    const submit = (eventBatch: EventBatch, peer?: string): Effect.Effect<AppendResult, QueueUnavailable> =>
      Effect.callback((resume) => Effect.sync(offer(eventBatch, resume, peer)))

    const isDue = (): boolean =>
      waiting.length > 0 && (calls < smallInFlight || (waitingEvents >= largeBatch && calls < largeInFlight))

    const take = (): ReadonlyArray<Waiting> => {
      const batch = waiting.take(batchEvents)
      for (const { eventBatch } of batch) waitingEvents -= sizeOf(eventBatch)
      return batch.filter(({ gone }) => !gone)
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

    const settle = (batch: ReadonlyArray<Waiting>, receipts: ReadonlyArray<AppendResult>) => {
      let stored = 0
      batch.forEach(({ eventBatch, resume }, index) => {
        const receipt = receipts[index]
        if (receipt === undefined) return resume(Exit.fail(noReceipt))
        if (receipt._tag === "limited") count(metrics.rateLimitHits, 1)
        else depth = receipt.depth
        if (receipt._tag === "full") refused = refusalOf(eventBatch, refused?.since ?? clock.currentTimeMillisUnsafe())
        if (receipt._tag === "accepted") {
          stored += eventBatch.events.length
          if (eventBatch.events.length > 0) refused = undefined
          if (eventBatch.quarantined.length > 0) countQuarantined(eventBatch, receipt.overShare)
        }
        resume(Exit.succeed(receipt))
      })
      if (stored > 0) count(metrics.appendSize, stored)
      count(metrics.queueDepth, depth)
    }

    const ship = Effect.fnUntraced(function*(batch: ReadonlyArray<Waiting>) {
      const exit = yield* Effect.exit(queue.append(batch.map(({ eventBatch }) => eventBatch), limits()))
      calls--
      if (Exit.isSuccess(exit)) settle(batch, exit.value)
      else {
        if (Cause.hasDies(exit.cause)) yield* Effect.logError("The queue hit a defect.", exit.cause)
        const failure = Exit.fail(Option.getOrElse(Cause.findErrorOption(exit.cause), () => defect))
        for (const { resume } of batch) resume(failure)
      }
      look()
    }, Effect.uninterruptible)

    // What has left is settled before the program ends, so that nobody is told less than the truth.
    const run = yield* FiberSet.makeRuntime<never, void>()
    const send = (): void => {
      while (isDue()) {
        const batch = take()
        if (batch.length === 0) continue
        calls++
        run(ship(batch))
      }
    }
    const look = (): void => {
      if (waitingEvents >= largeBatch || waiting.length >= promptParcels) send()
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
    return IngestBatcher.of({ submit, offer, depth: () => depth, refused: () => refused })
  })
)

const refusalOf = ({ events, sender }: EventBatch, since: number): Refusal => ({
  sender,
  events: events.length,
  bytes: events.reduce((sum, text) => sum + text.length, 0),
  since
})

/** Redis works on a record that is refused as long as on so many events. */
export const refusedWork = 4

const sizeOf = ({ events, quarantined }: EventBatch): number => events.length + refusedWork * quarantined.length
