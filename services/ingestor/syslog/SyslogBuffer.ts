import { Duration, Effect, Exit, Latch, type Metric, Schedule, type Scope } from "effect"
import type { EventBatch, RefusedRecord } from "../../../layers/queue/EventQueue.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"
import type { Misread } from "../../../src/domain/DecodeReport.ts"
import type { EventSource } from "../../../src/domain/Event.ts"
import { DecodeReporter } from "../DecodeReporter.ts"
import { countPartial } from "../encodeBatch.ts"
import { IngestBatcher, refusedWork } from "../IngestBatcher.ts"
import * as metrics from "../metrics.ts"
import { BoundedFairQueue } from "./BoundedFairQueue.ts"

/** An encoded event or an encoded quarantined record, with what was misread of it. */
export type Held =
  & { readonly text: string; readonly misread?: Misread | undefined }
  & ({ readonly source: EventSource } | RefusedRecord)

export interface SyslogBufferOptions {
  readonly sender: string
  readonly maxBytes: number
  /** How long the end of the program may wait for what is still held. */
  readonly drainMs: number
  /** Counts what is offered. */
  readonly received: Metric.Counter<number>
}

/** Items of one batch: as few calls as a slow disk wants, and no more at once than Redis and the collector of garbage take well. */
const batchSize = 2_000
/** The part of the hold that a batch may be: what is under way can't be dropped for another peer. */
const batchShare = 8
const pauseMs = 200

/**
 * Keeps what a transport without back-pressure brings until it is stored, up to a bound and fair by peer; what comes beyond it is dropped,
 * counted and said. Returns `offer`, which is plain and never waits.
 */
export const makeSyslogBuffer = (
  options: SyslogBufferOptions
): Effect.Effect<(peer: string, held: Held) => void, never, IngestBatcher | DecodeReporter | Scope.Scope> =>
  Effect.gen(function*() {
    const batcher = yield* IngestBatcher
    const reporter = yield* DecodeReporter
    const count = yield* metrics.counting
    const filled = yield* Latch.make(false)
    const empty = yield* Latch.make(true)
    const held = new BoundedFairQueue<Held>(options.maxBytes, sizeOf, workOf)
    /** Taken and not stored yet. */
    let batch: ReadonlyArray<Held> = []
    let offered = 0
    let stuck = false

    const offer = (peer: string, item: Held): void => {
      offered++
      const before = held.length
      held.offer(peer, item)
      if (before === 0 && held.length > 0) {
        empty.closeUnsafe()
        filled.openUnsafe()
      }
    }

    const settle = (): void => {
      held.release(batch)
      const tally = new Map<EventSource, number>()
      const partial = new Map<string, number>()
      for (const item of batch) {
        if ("source" in item) tally.set(item.source, (tally.get(item.source) ?? 0) + 1)
        if (item.misread === undefined) continue
        reporter.note(item.misread)
        for (const what of item.misread.what) partial.set(what, (partial.get(what) ?? 0) + 1)
      }
      batch = []
      countPartial(partial, count)
      for (const [source, items] of tally) count(metrics.events[source], items)
      if (held.length === 0) {
        filled.closeUnsafe()
        empty.openUnsafe()
      }
      say()
    }

    /** Counting costs more than looking on: once for many. */
    const say = (): void => {
      count(metrics.heldBytes, held.bytes)
      count(options.received, offered)
      offered = 0
    }

    const wait = (ms: number) =>
      Effect.gen(function*() {
        if (!stuck) yield* Effect.logWarning("The queue takes nothing: syslog messages are held.")
        stuck = true
        say()
        yield* Effect.sleep(Duration.millis(ms))
      })

    const ship = Effect.gen(function*() {
      yield* filled.await
      yield* Effect.yieldNow
      if (batch.length === 0) batch = held.take(batchSize, options.maxBytes / batchShare)
      const exit = yield* Effect.exit(batcher.submit(parcelOf(options.sender, batch)))
      if (Exit.isFailure(exit) || exit.value._tag === "full") return yield* wait(pauseMs)
      if (exit.value._tag === "limited") return yield* wait(exit.value.retryAfterMs)
      settle()
      if (stuck) yield* Effect.logInfo("The queue takes messages again.")
      stuck = false
    })

    const report = Effect.suspend(() => {
      say()
      const losses = held.losses()
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
      const lost = held.length + batch.length
      count(metrics.dropped.shutdown, lost)
      return lost === 0
        ? Effect.void
        : Effect.annotateLogs(Effect.logError("Syslog messages were dropped: the program had to end."), { lost })
    })

    yield* Effect.annotateLogs(supervised("syslog-hold")(Effect.forever(ship)), { sender: options.sender })
    yield* report.pipe(Effect.schedule(Schedule.spaced("1 second")), Effect.forkScoped)
    yield* Effect.addFinalizer(() => Effect.andThen(Effect.andThen(drain, giveUp), report))
    return offer
  })

const workOf = (item: Held): number => "source" in item ? 1 : refusedWork

const sizeOf = ({ misread, text }: Held): number => text.length + (misread === undefined ? 0 : misread.raw.length)

const parcelOf = (sender: string, batch: ReadonlyArray<Held>): EventBatch => {
  const events: Array<string> = []
  const quarantined: Array<RefusedRecord> = []
  for (const item of batch) {
    if ("source" in item) events.push(item.text)
    else quarantined.push(item)
  }
  return { sender, events, quarantined }
}
