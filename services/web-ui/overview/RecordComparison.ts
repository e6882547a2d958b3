import { Context, Effect, Layer } from "effect"
import { EventAudit, type EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { Books } from "../../../layers/queue/Books.ts"
import { settledHours } from "../../../layers/queue/limits.ts"
import type { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import {
  comparableHours,
  differences,
  type HourDifference,
  type HourSpan,
  sumByOutcome
} from "../../../src/logic/compareRecord.ts"
import { dbQueryTimed } from "../metrics.ts"

export interface RecordVerdict {
  /** What was compared of the hours asked for. */
  readonly hours: HourSpan
  readonly found: ReadonlyArray<HourDifference>
  readonly difference: ReturnType<typeof sumByOutcome>
}

/** Which of the hours that can be compared are meant. */
type Choice = (all: HourSpan) => HourSpan

/** Compares the record of events in PostgreSQL with what the queue settled, exactly, by hour and outcome. */
export class RecordComparison extends Context.Service<RecordComparison, {
  readonly compare: (choose: Choice) => Effect.Effect<RecordVerdict, QueueUnavailable | EventAuditFailed>
}>()("mutt/services/web-ui/overview/RecordComparison") {
  static readonly layer = Layer.effect(
    RecordComparison,
    Effect.gen(function*() {
      const books = yield* Books
      const audit = yield* EventAudit
      const compare = Effect.fn("RecordComparison.compare")(function*(choose: Choice) {
        const page = yield* books.settledByHour
        const all = comparableHours(page, settledHours)
        const chosen = choose(all)
        const from = Math.max(all.from, Math.min(all.to, chosen.from))
        const hours = { from, to: Math.max(from, Math.min(all.to, chosen.to)) }
        if (hours.from === hours.to) return { hours, found: [], difference: sumByOutcome([]) }
        const rows = yield* audit.countByHour(hours).pipe(dbQueryTimed("compare_record"))
        const found = differences(page.counts, rows, hours)
        return { hours, found, difference: sumByOutcome(found) }
      })
      return { compare }
    })
  )
}
