import { Clock, Context, Duration, Effect, Fiber, Latch, Layer, Metric, Semaphore, Stream } from "effect"
import type { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { type Arrivals, EventList } from "../../../layers/audit/EventList.ts"
import { Stopping } from "../../../layers/http/Stopping.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import type { EventBatch } from "../../../src/api/web-ui/EventLists.ts"
import { StreamsFull } from "../../../src/api/web-ui/Settings.ts"
import { type EventFilter, filterKey } from "../../../src/domain/EventFilter.ts"
import { tailsOpen, tailsSkipped } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { mostWaiting, TailBuffer } from "./TailBuffer.ts"

/** Rows of one read, and how many reads may be under way at once. */
const [mostRead, mostReads] = [mostWaiting, 2]
/** Milliseconds between reads, and from batch to batch; a read that takes long is given a pause of four times as long. */
const pauseMs = 200
const aliveMs = 15_000

/** What a tail tells: rows and where to go on; after a silence, that it is there; and that the program stops. */
export type TailMessage =
  | EventBatch & { readonly _tag: "batch" | "alive"; readonly place: string }
  | { readonly _tag: "bye" }

interface Tail {
  readonly reader: Reader
  readonly buffer: TailBuffer
  /** Open while rows wait. */
  readonly arrived: Latch.Latch
  /** Open while none wait. */
  readonly told: Latch.Latch
}

interface Reader {
  place: string
  /** It goes on where somebody stopped, who has not come to the end of the record yet. */
  late: boolean
  /** Its last read was not the end of what the record had when that was begun. */
  more: boolean
  /** It read from the beginning to the end at once: nothing else is there. */
  atEnd: boolean
  readonly tails: Set<Tail>
  fiber: Fiber.Fiber<unknown, unknown> | undefined
}

/**
 * Follows the record for all who watch events come in. Those who ask for the same share one reader, from the record as it
 * stands in the database, so that alerters pay nothing for it.
 */
export class EventTails extends Context.Service<EventTails, {
  /** Goes on after a place, or begins now. Counts as open while the stream is read. */
  readonly follow: (
    filter: EventFilter,
    after: string | undefined
  ) => Effect.Effect<Stream.Stream<TailMessage>, StreamsFull | EventAuditFailed>
}>()("mutt/services/web-ui/events/EventTails") {
  static readonly layer = Layer.effect(
    EventTails,
    Effect.gen(function*() {
      const list = yield* EventList
      const { tailsMost } = yield* WebUiSettings
      const stopping = yield* Stopping
      const scope = yield* Effect.scope
      const reading = yield* Semaphore.make(mostReads)
      const readers = new Map<string, Reader>()
      let [open, resumed] = [0, 0]
      yield* Metric.update(tailsOpen, 0)

      const read = Effect.fnUntraced(function*(reader: Reader, filter: EventFilter) {
        // Of what came while somebody was away nothing is left out: it is read as fast as it is told.
        if (reader.late) yield* Effect.forEach(reader.tails, ({ told }) => told.await)
        const from = yield* Clock.monotonicTimeNanos
        const found = yield* reading.withPermits(1)(list.arrivals(filter, reader.place, mostRead))
        reader.place = found.place
        for (const tail of reader.tails) {
          yield* Metric.update(tailsSkipped, tail.buffer.add(found.rows, found.place))
          noteWaiting(tail)
        }
        reader.atEnd = !found.more && !reader.more
        reader.more = found.more
        const ms = Number((yield* Clock.monotonicTimeNanos) - from) / 1e6
        const pause = found.more ? ms : Math.max(pauseMs, 4 * ms)
        yield* Effect.sleep(Duration.millis(pause))
      })

      const join = (key: string, filter: EventFilter, first: Arrivals, late: boolean) =>
        Effect.gen(function*() {
          const known = readers.get(key)
          const reader = known ??
            { place: first.place, late, more: true, atEnd: false, tails: new Set<Tail>(), fiber: undefined }
          const buffer = new TailBuffer(reader.place)
          const tail = { reader, buffer, arrived: Latch.makeUnsafe(), told: Latch.makeUnsafe(true) }
          if (known === undefined) {
            buffer.add(first.rows, first.place)
            noteWaiting(tail)
            readers.set(key, reader)
          }
          reader.tails.add(tail)
          yield* Metric.update(tailsOpen, ++open)
          reader.fiber ??= yield* read(reader, filter).pipe(
            Effect.tapError(() => Effect.sleep("1 second")),
            droppedAt("events.tail", "The record could not be read for those who follow it."),
            Effect.forever,
            Effect.forkIn(scope)
          )
          return tail
        })
      const leave = (key: string, tail: Tail) =>
        Effect.gen(function*() {
          yield* Metric.update(tailsOpen, --open)
          const reader = readers.get(key)
          reader?.tails.delete(tail)
          if (reader?.fiber === undefined || reader.tails.size > 0) return
          readers.delete(key)
          yield* Effect.asVoid(Effect.forkIn(Fiber.interrupt(reader.fiber), scope))
        })

      /** The next batch; for who is late all that waits, so that he comes to the end sooner than more comes in. */
      const take = (tail: Tail, _tag: "batch" | "alive"): ReadonlyArray<TailMessage> => {
        const { buffer, reader } = tail
        const taken: Array<TailMessage> = [{ _tag, ...buffer.take() }]
        while (reader.late && !buffer.isEmpty) taken.push({ _tag: "batch", ...buffer.take() })
        if (reader.atEnd) reader.late = false
        noteWaiting(tail)
        return taken
      }
      const messages = (tail: Tail): Stream.Stream<TailMessage> => {
        const next: Effect.Effect<ReadonlyArray<TailMessage>> = Effect.raceFirst(
          Effect.raceFirst(
            Effect.as(tail.arrived.await, "batch" as const),
            Effect.as(Effect.sleep(Duration.millis(aliveMs)), "alive" as const)
          ).pipe(Effect.map((tag) => take(tail, tag))),
          Effect.as(stopping, [{ _tag: "bye" as const }])
        )
        return Stream.concat(
          Stream.sync(() => take(tail, "batch")),
          Stream.fromEffectRepeat(Effect.andThen(Effect.sleep(Duration.millis(pauseMs)), next))
        ).pipe(Stream.flattenIterable, Stream.takeUntil(({ _tag }) => _tag === "bye"))
      }

      const follow = Effect.fnUntraced(function*(filter: EventFilter, after: string | undefined) {
        const full = () =>
          open < tailsMost ? undefined : new StreamsFull({
            detail: `${tailsMost} tails of events are open, which is as many as there may be. Try again later.`
          })
        const refusal = full()
        if (refusal !== undefined) return yield* refusal
        const key = after === undefined ? filterKey(filter) : `${filterKey(filter)} ${++resumed}`
        const first = yield* list.arrivals(filter, after, mostRead)
        return Stream.unwrap(Effect.gen(function*() {
          if (full() !== undefined) return Stream.empty
          return messages(
            yield* Effect.acquireRelease(join(key, filter, first, after !== undefined), (tail) => leave(key, tail))
          )
        }))
      })
      return EventTails.of({ follow })
    })
  )
}

const noteWaiting = ({ arrived, buffer, told }: Tail): void => {
  if (buffer.isEmpty) {
    arrived.closeUnsafe()
    told.openUnsafe()
  } else {
    told.closeUnsafe()
    arrived.openUnsafe()
  }
}
