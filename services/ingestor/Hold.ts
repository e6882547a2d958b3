import { Duration, Effect, Exit, Latch, type Metric, Schedule, type Scope } from "effect"
import type { Parcel } from "../../layers/queue/EventQueue.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import type { Misread } from "../../src/domain/DecodeReport.ts"
import type { EventSource, QuarantineReason } from "../../src/domain/Event.ts"
import { DecodeReporter } from "./DecodeReporter.ts"
import { Intake } from "./Intake.ts"
import * as metrics from "./metrics.ts"
import { countPartial } from "./parcel.ts"

/** An encoded event or an encoded quarantined record, with what was misread of it. */
export type Held =
  & { readonly text: string; readonly misread?: Misread | undefined }
  & ({ readonly source: EventSource } | { readonly reason: QuarantineReason })

export interface HoldOptions {
  readonly sender: string
  readonly maxBytes: number
  /** How long the end of the program may wait for what is still held. */
  readonly drainMs: number
  /** Counts what is offered. */
  readonly received: Metric.Counter<number>
}

/** Items of one parcel: as few calls as a slow disk wants, and no more at once than Redis and the collector of garbage take well. */
const batchSize = 2_000
const pauseMs = 200

/**
 * Keeps what a transport without back-pressure brings until it is stored, up to a bound; what comes beyond it is dropped, counted
 * and said. Returns `offer`, which is plain and never waits.
 */
export const makeHold = (
  options: HoldOptions
): Effect.Effect<(held: Held) => void, never, Intake | DecodeReporter | Scope.Scope> =>
  Effect.gen(function*() {
    const intake = yield* Intake
    const reporter = yield* DecodeReporter
    const count = yield* metrics.counting
    const filled = yield* Latch.make(false)
    const empty = yield* Latch.make(true)
    let held: Array<Held> = []
    let head = 0
    let bytes = 0
    let dropped = 0
    let offered = 0
    let stuck = false

    const offer = (item: Held): void => {
      offered++
      const size = sizeOf(item)
      if (bytes + size > options.maxBytes) {
        dropped++
        return
      }
      bytes += size
      held.push(item)
      if (held.length === 1) {
        empty.closeUnsafe()
        filled.openUnsafe()
      }
    }

    const settle = (batch: ReadonlyArray<Held>): void => {
      head += batch.length
      const tally = new Map<EventSource | QuarantineReason, number>()
      const partial = new Map<string, number>()
      for (const item of batch) {
        bytes -= sizeOf(item)
        const kind = "source" in item ? item.source : item.reason
        tally.set(kind, (tally.get(kind) ?? 0) + 1)
        if (item.misread === undefined) continue
        reporter.note(item.misread)
        for (const what of item.misread.what) partial.set(what, (partial.get(what) ?? 0) + 1)
      }
      countPartial(partial, count)
      for (const [kind, items] of tally) {
        count(isSource(kind) ? metrics.events[kind] : metrics.quarantined(kind), items)
      }
      // What is stored is let go soon: it would be memory that no limit counts.
      if (head === held.length || head >= 4 * batchSize) {
        held = held.slice(head)
        head = 0
      }
      if (held.length === 0) {
        filled.closeUnsafe()
        empty.openUnsafe()
      }
      say()
    }

    /** Counting costs more than looking on: once for many. */
    const say = (): void => {
      count(metrics.heldBytes, bytes)
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
      const batch = held.slice(head, head + batchSize)
      const exit = yield* Effect.exit(intake.submit(parcelOf(options.sender, batch)))
      if (Exit.isFailure(exit) || exit.value._tag === "full") return yield* wait(pauseMs)
      if (exit.value._tag === "limited") return yield* wait(exit.value.retryAfterMs)
      settle(batch)
      if (stuck) yield* Effect.logInfo("The queue takes messages again.")
      stuck = false
    })

    const report = Effect.suspend(() => {
      say()
      const lost = dropped
      dropped = 0
      count(metrics.dropped.held, lost)
      return lost === 0
        ? Effect.void
        : Effect.annotateLogs(Effect.logError("Syslog messages were dropped: the queue took none for too long."), {
          lost
        })
    })

    const drain = Effect.timeoutOption(empty.await, Duration.millis(options.drainMs))

    const giveUp = Effect.suspend(() => {
      const lost = held.length - head
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

const sizeOf = ({ misread, text }: Held): number => text.length + (misread === undefined ? 0 : misread.raw.length)

const parcelOf = (sender: string, batch: ReadonlyArray<Held>): Parcel => {
  const events: Array<string> = []
  const quarantined: Array<string> = []
  for (const item of batch) ("source" in item ? events : quarantined).push(item.text)
  return { sender, events, quarantined }
}

const isSource = (kind: EventSource | QuarantineReason): kind is EventSource => kind in metrics.events
