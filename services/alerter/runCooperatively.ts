import { Effect } from "effect"

/** Runs a computation that pauses, and lets the event loop turn at each pause. */
export const runCooperatively = <A>(steps: Generator<void, A>): Effect.Effect<A> =>
  Effect.gen(function*() {
    for (;;) {
      const step = steps.next()
      if (step.done) return step.value
      yield* Effect.yieldNow
    }
  })
