import { Effect, Layer, Metric, Schedule } from "effect"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"
import { DecisionOutcome } from "../../../src/domain/Decision.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { RecordComparison } from "./RecordComparison.ts"

export const recordDifference = Metric.gauge("mutt_record_difference", {
  description:
    "Rows of the record of events that are missing or too many, by outcome, in the newest hours compared; take max of its absolute value."
})

/** Compares the newest hours of the record with the books. */
export const look = Effect.fnUntraced(function*(hours: number) {
  const { compare } = yield* RecordComparison
  const { difference, found } = yield* compare(({ to }) => ({ from: to - hours, to }))
  for (const outcome of DecisionOutcome.literals) {
    yield* Metric.update(Metric.withAttributes(recordDifference, { outcome }), difference[outcome])
  }
  if (found.length === 0) return
  yield* Effect.logWarning("The record of events is not what was settled; see mutt books verify.").pipe(
    Effect.annotateLogs({ ...difference })
  )
})

/** Compares at start and each hour. */
export const RecordLookLayer = Layer.effectDiscard(
  Effect.flatMap(WebUiSettings, ({ recordCheckHours }) => look(recordCheckHours)).pipe(
    droppedAt("record.compare", "The record of events could not be compared with the books."),
    Effect.repeat(Schedule.spaced("1 hour").pipe(Schedule.jittered)),
    supervised("record.compare", "1 minute")
  )
).pipe(Layer.provide(RecordComparison.layer))
