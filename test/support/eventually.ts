import { Effect, Schedule } from "effect"

/** Tries until it succeeds. */
export const eventually = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.retry(effect, Schedule.spaced("50 millis"))

/** Looks until it finds what is waited for. */
export const until = <A, E, R>(look: Effect.Effect<A, E, R>, condition: (found: A) => boolean) =>
  eventually(Effect.filterOrFail(look, condition, () => "not yet"))
