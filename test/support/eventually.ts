import { Effect, Schedule } from "effect"

/** Tries until it succeeds. */
export const eventually = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.retry(effect, Schedule.spaced("50 millis"))
