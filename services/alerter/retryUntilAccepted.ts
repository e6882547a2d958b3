import { Effect, Exit, Schedule } from "effect"

/** Offers work to a server again and again until it accepts it. */
export interface RetryUntilAccepted {
  /** Why the server did not accept the last offer, while any waits. */
  readonly trouble: () => string | undefined
  /** `passing` gives the detail of a failure that will pass; any other ends the offers. */
  readonly retry: <A, E, R>(
    offer: Effect.Effect<A, E, R>,
    passing: (error: E) => string | undefined
  ) => Effect.Effect<A, E, R>
}

const schedule = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]).pipe(
  Schedule.jittered
)

/** `server` is named in the log when the waiting begins and when it is over. */
export const makeRetryUntilAccepted = (server: string): RetryUntilAccepted => {
  let waiting = 0
  let reason: string | undefined

  const begin = Effect.suspend(() =>
    ++waiting > 1
      ? Effect.void
      : Effect.annotateLogs(Effect.logWarning("A batch is not taken; it waits and is offered again."), {
        server,
        reason
      })
  )
  const end = Effect.suspend(() => {
    if (--waiting > 0) return Effect.void
    reason = undefined
    return Effect.annotateLogs(Effect.logInfo("The batches that waited go on."), { server })
  })

  const untilAccepted: RetryUntilAccepted["retry"] = (offer, passing) =>
    Effect.suspend(() => {
      let refused = false
      return offer.pipe(
        Effect.tapError((error) => {
          const why = passing(error)
          if (why === undefined) return Effect.void
          reason = why
          if (refused) return Effect.void
          refused = true
          return begin
        }),
        Effect.retry({ schedule, while: (error) => passing(error) !== undefined }),
        Effect.onExit((exit) => {
          if (!refused) return Effect.void
          return Exit.hasInterrupts(exit) ? Effect.sync(() => void waiting--) : end
        })
      )
    })

  return { retry: untilAccepted, trouble: () => (waiting > 0 ? reason : undefined) }
}
