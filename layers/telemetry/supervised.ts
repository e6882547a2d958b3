import { Cause, type Duration, Effect, Metric, Schedule, type Scope } from "effect"

const loopRestarts = Metric.counter("mutt_loop_restarts_total", {
  description: "How often a background loop stopped on a failure and was started again.",
  incremental: true
})

/** Runs a background loop in the scope. One that fails is logged, counted and started again after `pause`. */
export const supervised = (name: string, pause: Duration.Input = "1 second") => {
  const restarts = Metric.withAttributes(loopRestarts, { loop: name })
  return <A, E, R>(loop: Effect.Effect<A, E, R>): Effect.Effect<void, never, R | Scope.Scope> =>
    loop.pipe(
      Effect.tapCause((cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.void
          : Effect.andThen(Metric.update(restarts, 1), Effect.logError("A background loop stopped.", cause))
      ),
      Effect.sandbox,
      Effect.retry({ schedule: Schedule.spaced(pause), while: (cause) => !Cause.hasInterruptsOnly(cause) }),
      Effect.annotateLogs({ loop: name }),
      Effect.forkScoped,
      Effect.asVoid
    )
}
