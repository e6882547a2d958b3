import { Effect, Stream } from "effect"
import type { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import type { EventReader, EventSpan } from "../../../layers/audit/EventReader.ts"
import type { Stopped } from "../../../src/domain/BacktestResult.ts"
import type { PastEvent } from "../../../src/domain/PastEvent.ts"

interface Bounds<A> {
  /** Events at most, and milliseconds at most. */
  readonly limit: number
  readonly ms: number
  /** How many are looked at by now. */
  readonly read: () => number
  /** Looks at those of a page that the limit leaves. */
  readonly use: (events: ReadonlyArray<PastEvent>) => Effect.Effect<A>
}

/** Looks at recorded events page by page, until there are no more, they are too many, or the time is up. */
export const readWithin = <A>(reader: EventReader["Service"], span: EventSpan, { limit, ms, read, use }: Bounds<A>) => {
  let stopped: Stopped = null
  const timeUp = Effect.sleep(ms).pipe(
    Effect.tap(() => Effect.sync(() => stopped = "time")),
    Effect.asVoid
  )
  const used: Stream.Stream<A, EventAuditFailed> = reader.pages(span).pipe(
    Stream.takeUntil(() => read() >= limit),
    Stream.mapEffect((page) => {
      const left = limit - read()
      if (page.length > left) stopped = "limit"
      return use(page.slice(0, left))
    }),
    Stream.interruptWhen(timeUp)
  )
  return { used, stopped: (): Stopped => stopped }
}
