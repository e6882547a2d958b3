import { Clock, Effect, Layer, Metric, Schedule } from "effect"
import { HttpTransportUndici } from "../../../layers/delivery/HttpTransportUndici.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import { steadyMillis } from "../../../layers/telemetry/steadyTime.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { type CanaryFailed, makeCanary } from "./Canary.ts"

const throughSeconds = Metric.histogram("mutt_canary_seconds", {
  description: "From sending the canary to the ingestor to finding it in the record of events.",
  boundaries: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
})
const lastSuccess = Metric.gauge("mutt_canary_last_success_timestamp_seconds", {
  description: "When the canary was last found in the record, in seconds since 1970; 0: not since the start. Take max."
})
const interval = Metric.gauge("mutt_canary_interval_seconds", {
  description: "Seconds between two canaries, where they are sent."
})
const failuresTotal = Metric.counter("mutt_canary_failures_total", {
  description: "Canaries that did not get through: the ingestor did not take it (post), or it was not found (record).",
  incremental: true
})
const failures = {
  post: Metric.withAttributes(failuresTotal, { reason: "post" }),
  record: Metric.withAttributes(failuresTotal, { reason: "record" })
}

/** Makes the function that sends one canary, and measures and tells what came of it. */
export const makeMeasured = Effect.fnUntraced(function*(timeoutMs: number) {
  const fly = yield* makeCanary(timeoutMs)
  let failing: CanaryFailed["reason"] | undefined
  // So that an alarm sees a canary that has not been found since the start.
  yield* Metric.update(lastSuccess, 0)
  yield* Metric.update(failures.post, 0)
  yield* Metric.update(failures.record, 0)

  const found = Effect.fnUntraced(function*(sent: number) {
    yield* Metric.update(throughSeconds, ((yield* steadyMillis) - sent) / 1_000)
    yield* Metric.update(lastSuccess, (yield* Clock.currentTimeMillis) / 1_000)
    if (failing !== undefined) yield* Effect.logInfo("The canary gets through again.")
    failing = undefined
  })

  const failed = Effect.fnUntraced(function*({ detail, reason }: CanaryFailed) {
    yield* Metric.update(failures[reason], 1)
    // A line for each would tell nothing new.
    if (failing === reason) return
    failing = reason
    yield* Effect.logWarning("The canary does not get through.").pipe(Effect.annotateLogs({ reason, detail }))
  })

  return Effect.gen(function*() {
    const sent = yield* steadyMillis
    yield* Effect.matchEffect(fly(), { onFailure: failed, onSuccess: () => found(sent) })
  })
})

/** Sends a canary, one after the other, if it is switched on. */
export const CanaryLayer = Layer.unwrap(
  Effect.map(
    WebUiSettings,
    ({ canarySeconds, canaryTimeout, canaryUrl }) =>
      canarySeconds === 0 ? Layer.empty : Layer.effectDiscard(
        Effect.flatMap(makeMeasured(canaryTimeout), (measured) =>
          Effect.andThen(
            Metric.update(interval, canarySeconds),
            measured.pipe(
              droppedAt("canary", "The canary broke."),
              // The first one waits, too: the other programs may be starting.
              Effect.schedule(Schedule.spaced(`${canarySeconds} seconds`).pipe(Schedule.jittered)),
              supervised("canary")
            )
          ))
      ).pipe(Layer.provide(HttpTransportUndici(new URL(`${canaryUrl}/api/v2/ingest`))))
  )
)
