import { Cause, Effect, Metric } from "effect"

const droppedErrors = Metric.counter("mutt_dropped_errors_total", {
  description: "Failures that were logged and not passed on, by the place where that happened.",
  incremental: true
})

/**
 * Drops an error, with a line at warn and a count under `where`. Interruption is passed on.
 * `where` and `message` (with a full stop) are literals of the code, never data.
 */
export const droppedAt = (where: string, message: string) => {
  const counter = Metric.withAttributes(droppedErrors, { where })
  return <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A | void, never, R> =>
    Effect.catchCause(self, (cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.interrupt
        : Effect.andThen(
          Metric.update(counter, 1),
          Effect.annotateLogs(Effect.logWarning(message, cause), { where })
        ))
}
