import { Duration, Effect, Exit, Latch, type Metric, Schedule, type Scope } from "effect"
import type { AppendResult, BatchId, EventBatch, RefusedRecord } from "../../../layers/queue/EventQueue.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"
import type { Misread } from "../../../src/domain/DecodeReport.ts"
import type { EventSource } from "../../../src/domain/Event.ts"
import { type ArrivalTrace, endStored } from "../arrivalTrace.ts"
import { DecodeReporter } from "../DecodeReporter.ts"
import { countPartial } from "../encodeBatch.ts"
import { IngestBatcher, refusedWork } from "../IngestBatcher.ts"
import * as metrics from "../metrics.ts"
import { BoundedFairQueue } from "./BoundedFairQueue.ts"

/** An encoded event or quarantined record, with what was misread of it. */
export type BufferedRecord =
  & { readonly text: string; readonly misread?: Misread | undefined; readonly trace?: ArrivalTrace | undefined }
  & ({ readonly source: EventSource } | RefusedRecord)

interface SyslogBufferOptions {
  readonly sender: string
  readonly maxBytes: number
  /** How long the end of the program waits for what is still buffered. */
  readonly drainMs: number
  /** Counts offered records. */
  readonly received: Metric.Counter<number>
}

/** Records of one batch: few calls for a slow disk, and no long pause of Redis or of garbage collection. */
const batchSize = 2_000
/** The part of the buffer that a batch may be: what is under way can't be dropped for another peer. */
const batchShare = 8
const pauseMs = 200

/**
 * Buffers what a transport without back-pressure brings until it is stored. Beyond the bound, records of the peer that
 * sent most are dropped, counted and logged. Returns `offer`, which is plain and never waits.
 */
export const makeSyslogBuffer = (
  options: SyslogBufferOptions
): Effect.Effect<(peer: string, record: BufferedRecord) => void, never, IngestBatcher | DecodeReporter | Scope.Scope> =>
  Effect.gen(function*() {
    const batcher = yield* IngestBatcher
    const reporter = yield* DecodeReporter
    const count = yield* metrics.counting
    const filled = yield* Latch.make(false)
    const empty = yield* Latch.make(true)
    const buffered = new BoundedFairQueue<BufferedRecord>(options.maxBytes, sizeOf, workOf)
    /** Taken and not stored yet. */
    let batch: ReadonlyArray<BufferedRecord> = []
    let named: BatchId | undefined
    let offered = 0
    let blocked = false

    const offer = (peer: string, item: BufferedRecord): void => {
      offered++
      const before = buffered.length
      buffered.offer(peer, item)
      if (before === 0 && buffered.length > 0) {
        empty.closeUnsafe()
        filled.openUnsafe()
      }
    }

    const stored = (exit: Exit.Exit<AppendResult, unknown>): void => {
      buffered.release(batch)
      const tally = new Map<EventSource, number>()
      const partial = new Map<string, number>()
      for (const item of batch) {
        if ("source" in item) tally.set(item.source, (tally.get(item.source) ?? 0) + 1)
        if (item.trace !== undefined) endStored(item.trace, exit)
        if (item.misread === undefined) continue
        reporter.note(item.misread)
        for (const what of item.misread.what) partial.set(what, (partial.get(what) ?? 0) + 1)
      }
      batch = []
      countPartial(partial, count)
      for (const [source, items] of tally) count(metrics.events[source], items)
      if (buffered.length === 0) {
        filled.closeUnsafe()
        empty.openUnsafe()
      }
      measure()
    }

    /** Once for many records: counting each costs more. */
    const measure = (): void => {
      count(metrics.heldBytes, buffered.bytes)
      count(options.received, offered)
      offered = 0
    }

    const retryAfter = (ms: number) =>
      Effect.gen(function*() {
        if (!blocked) yield* Effect.logWarning("The queue takes nothing: syslog messages are held.")
        blocked = true
        measure()
        yield* Effect.sleep(Duration.millis(ms))
      })

    const append = Effect.gen(function*() {
      yield* filled.await
      yield* Effect.yieldNow
      if (batch.length === 0) {
        batch = buffered.take(batchSize, options.maxBytes / batchShare)
        named = batcher.batchId()
        for (const { trace } of batch) trace?.submitted(batch.length)
      }
      const exit = yield* Effect.exit(batcher.submit({ ...batchOf(options.sender, batch), named }))
      if (Exit.isFailure(exit) || exit.value._tag === "full" || exit.value._tag === "conflict") {
        return yield* retryAfter(pauseMs)
      }
      if (exit.value._tag === "limited") return yield* retryAfter(exit.value.retryAfterMs)
      stored(exit)
      if (blocked) yield* Effect.logInfo("The queue takes messages again.")
      blocked = false
    })

    const report = Effect.suspend(() => {
      measure()
      const losses = buffered.losses()
      count(metrics.dropped.held, losses?.items ?? 0)
      return losses === undefined
        ? Effect.void
        : Effect.annotateLogs(Effect.logError("Syslog messages were dropped: the queue took none for too long."), {
          lost: losses.items,
          peer: losses.peer,
          lost_of_peer: losses.ofPeer
        })
    })

    const drain = Effect.timeoutOption(empty.await, Duration.millis(options.drainMs))

    const giveUp = Effect.suspend(() => {
      const lost = buffered.length + batch.length
      count(metrics.dropped.shutdown, lost)
      return lost === 0
        ? Effect.void
        : Effect.annotateLogs(Effect.logError("Syslog messages were dropped: the program had to end."), { lost })
    })

    yield* Effect.annotateLogs(supervised("syslog-hold")(Effect.forever(append)), { sender: options.sender })
    yield* report.pipe(Effect.schedule(Schedule.spaced("1 second")), Effect.forkScoped)
    yield* Effect.addFinalizer(() => Effect.andThen(Effect.andThen(drain, giveUp), report))
    return offer
  })

const workOf = (item: BufferedRecord): number => "source" in item ? 1 : refusedWork

const sizeOf = ({ misread, text }: BufferedRecord): number =>
  text.length + (misread === undefined ? 0 : misread.raw.length)

const batchOf = (sender: string, batch: ReadonlyArray<BufferedRecord>): EventBatch => {
  const events: Array<string> = []
  const quarantined: Array<RefusedRecord> = []
  for (const item of batch) {
    if ("source" in item) events.push(item.text)
    else quarantined.push(item)
  }
  return { sender, events, quarantined }
}
