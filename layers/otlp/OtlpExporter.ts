import { Clock, Effect, Latch, Redacted, type Scope } from "effect"
import type { HttpTransport } from "../delivery/HttpTransport.ts"
import { retryAfterMs } from "../delivery/retryAfter.ts"
import type { OtelSettings } from "../environment/Environment.ts"
import { counters } from "../telemetry/counters.ts"
import { steadyMillisOf } from "../telemetry/steadyTime.ts"
import { supervised } from "../telemetry/supervised.ts"

const droppedTotal = counters(
  "mutt_telemetry_dropped_total",
  "Spans and log lines that no collector got, by signal: it was away, slow, refused them, or they were too many."
)
const dropped = { traces: droppedTotal({ signal: "traces" }), logs: droppedTotal({ signal: "logs" }) }

/** One warning in so long. */
const silenceMs = 60_000
/** What the end of the program waits for the collector. */
const lastFlush = "3 seconds"
/** Tries of one batch. Between them the collector's Retry-After is waited for, or a time that doubles. */
const tries = 5
const firstPauseMs = 1_000
const longestPauseMs = 30_000

export interface OtlpExporterOptions<A> {
  readonly signal: keyof typeof dropped
  readonly post: HttpTransport["Service"]["post"]
  readonly encode: (items: ReadonlyArray<A>) => string
  readonly settings: Pick<OtelSettings, "headers" | "maxQueue" | "maxBatch" | "delayMs" | "timeoutMs">
}

export interface OtlpExporter<A> {
  /** Never waits. What finds the queue full is dropped and counted. Plain, for the hot path. */
  readonly offer: (item: A) => void
}

type Sent = { readonly left: number } | { readonly retryMs: number | undefined; readonly detail: string }

/**
 * Sends batches to a collector, one at a time, and never more than its queue holds. What can't be sent is counted and
 * told once a minute; nobody waits for it, but for the end of the program, at most three seconds.
 */
export const makeOtlpExporter = <A>(
  { encode, post, settings, signal }: OtlpExporterOptions<A>
): Effect.Effect<OtlpExporter<A>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const clock = yield* Clock.Clock
    const context = yield* Effect.context<never>()
    const due = yield* Latch.make(false)
    const ends = yield* Latch.make(false)
    const drained = yield* Latch.make(false)
    let ending = false
    let queue: Array<A> = []
    let underWay: ReadonlyArray<A> = []
    let untold = 0
    let silentUntil = 0
    let trouble = "too many came at once"

    const drop = (items: number): void => {
      if (items === 0) return
      dropped[signal].updateUnsafe(items, context)
      untold += items
    }
    const warn = Effect.suspend(() => {
      const now = steadyMillisOf(clock)
      if (untold === 0 || now < silentUntil) return Effect.void
      silentUntil = now + silenceMs
      const said = { signal, dropped: untold, detail: trouble }
      untold = 0
      return Effect.annotateLogs(Effect.logWarning("The collector did not get all telemetry."), said)
    })

    const offer = (item: A): void => {
      if (queue.length >= settings.maxQueue) return drop(1)
      if (queue.push(item) >= settings.maxBatch) due.openUnsafe()
    }

    const send = (items: ReadonlyArray<A>): Effect.Effect<Sent> =>
      Effect.suspend(() =>
        post({
          body: encode(items),
          headers: { ...Redacted.value(settings.headers), "content-type": "application/json" },
          timeoutMs: settings.timeoutMs
        })
      ).pipe(
        Effect.map(({ retryAfter, start, status }): Sent => {
          if (status >= 200 && status < 300) return { left: rejectedOf(start) }
          const again = status === 429 || status === 502 || status === 503 || status === 504
          const retryMs = again
            ? Math.min(retryAfterMs(retryAfter, clock.currentTimeMillisUnsafe()) ?? firstPauseMs, longestPauseMs)
            : undefined
          return { retryMs, detail: `the collector answered ${status}` }
        }),
        Effect.catch(({ detail }) => Effect.succeed<Sent>({ retryMs: firstPauseMs, detail }))
      )

    /** The batch under way is through, but for what the collector refused of it. */
    const through = (left: number): void => {
      if (left > 0) trouble = "the collector refused some"
      drop(Math.min(left, underWay.length))
      underWay = []
    }

    const sendBatch = Effect.gen(function*() {
      for (let round = 1; underWay.length > 0; round++) {
        const sent = yield* send(underWay)
        if ("left" in sent) return through(sent.left)
        trouble = sent.detail
        if (sent.retryMs === undefined || round === tries || ending) {
          drop(underWay.length)
          underWay = []
          return
        }
        yield* warn
        const pauseMs = Math.min(Math.max(sent.retryMs, firstPauseMs * 2 ** (round - 1)), longestPauseMs)
        yield* Effect.raceFirst(ends.await, Effect.sleep(pauseMs))
      }
    })

    const loop = Effect.gen(function*() {
      yield* Effect.raceFirst(due.await, Effect.sleep(settings.delayMs))
      due.closeUnsafe()
      while (queue.length > 0) {
        underWay = queue.slice(0, settings.maxBatch)
        queue = queue.slice(settings.maxBatch)
        yield* sendBatch
      }
      if (ending) drained.openUnsafe()
      yield* warn
    })

    yield* supervised(`otlp.${signal}`)(Effect.forever(loop))
    // It runs before the loop is interrupted, so that no batch is sent twice.
    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        ending = true
        ends.openUnsafe()
        due.openUnsafe()
        return Effect.timeoutOption(drained.await, lastFlush)
      }).pipe(
        Effect.andThen(Effect.suspend(() => {
          drop(underWay.length + queue.length)
          underWay = queue = []
          silentUntil = 0
          return warn
        }))
      )
    )
    return { offer }
  })

/** Items that the collector took no part of (`partialSuccess`), which it answers 200. */
const rejectedOf = (answer: string): number => {
  const found = /"rejected(?:Spans|LogRecords)"\s*:\s*"?(\d+)/.exec(answer)
  return found === null ? 0 : Number(found[1])
}
