import { type Context, Effect, Metric } from "effect"

type Reader = (context: Context.Context<never>) => void

const nothing = () => {}

/** A gauge whose value is asked for at each scrape. */
export const gaugeReads = (metric: Metric.Gauge<number>, read: () => number): Reader => (context) =>
  void Metric.registerUnsafe(metric, context, { get: () => ({ value: read() }), update: nothing, modify: nothing })

/** A counter whose value is asked for at each scrape, of something that counts by itself. */
export const counterReads = (metric: Metric.Counter<number>, read: () => number): Reader => (context) =>
  void Metric.registerUnsafe(metric, context, {
    get: () => ({ count: read(), incremental: true }),
    update: nothing,
    modify: nothing
  })

/** Puts what is read at scrapes into the registry of the program. */
export const readAtScrape = (...readers: ReadonlyArray<Reader>): Effect.Effect<void> =>
  Effect.contextWith((context: Context.Context<never>) =>
    Effect.sync(() => {
      for (const reader of readers) reader(context)
    })
  )
