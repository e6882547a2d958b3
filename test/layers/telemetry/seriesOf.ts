import { Effect, Metric } from "effect"

/** The series of one metric in this registry, as `label values → value`; of a histogram, how many were observed. */
export const seriesOf = (id: string) =>
  Effect.map(
    Metric.snapshot,
    (all) =>
      Object.fromEntries(
        all.filter((metric) => metric.id === id).map(({ attributes, state }) => [
          Object.values(attributes ?? {}).join(" "),
          "count" in state ? Number(state.count) : "value" in state ? Number(state.value) : Number.NaN
        ])
      )
  )

/** Runs with a registry of its own. */
export const ownMetrics = <A, E, R>(test: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => Effect.provideService(test, Metric.MetricRegistry, new Map()))
