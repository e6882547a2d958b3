import { type Clock, Effect } from "effect"

/**
 * Milliseconds from some moment on, which go on evenly whatever the clock is set to. For everything that waits or counts how long something took:
 * by the time of day, a clock set back by an hour makes a pause of a second one of an hour. Says nothing of when something happened.
 */
export const steadyMillisOf = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000

export const steadyMillis: Effect.Effect<number> = Effect.clockWith((clock) => Effect.sync(() => steadyMillisOf(clock)))
