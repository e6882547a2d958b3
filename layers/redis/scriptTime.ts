import { Clock, type Context, Effect, Metric } from "effect"

const scriptSeconds = (script: string) =>
  Metric.histogram("mutt_redis_script_seconds", {
    description:
      "From asking for a script of Redis to its reply or failure, by script; with the wait for a connection, and for replicas where that is asked for.",
    boundaries: [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    attributes: { script }
  })

/** Times scripts by their names: one look at the clock before and one after. */
export const makeScriptTime = Effect.gen(function*() {
  const clock = yield* Clock.Clock
  const context: Context.Context<never> = yield* Effect.context<never>()
  const series = new Map<string, Metric.Histogram<number>>()
  return <A, E>(script: string, call: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      const started = clock.monotonicTimeNanosUnsafe()
      return Effect.onExit(call, () => {
        let metric = series.get(script)
        if (metric === undefined) series.set(script, metric = scriptSeconds(script))
        metric.updateUnsafe(Number(clock.monotonicTimeNanosUnsafe() - started) / 1e9, context)
        return Effect.void
      })
    })
})
