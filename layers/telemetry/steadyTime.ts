import { type Clock, Effect } from "effect"

/**
 * Reads the monotonic clock: milliseconds from some moment on, whatever the time of day is set to. Waits and durations
 * go by it: by the time of day, a clock set back by an hour makes a pause of a second one of an hour.
 */
export const steadyMillisOf = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000

export const steadyMillis: Effect.Effect<number> = Effect.clockWith((clock) => Effect.sync(() => steadyMillisOf(clock)))
