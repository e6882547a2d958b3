import { Clock, Effect, Metric } from "effect"
import { gaugeReads, readAtScrape } from "../telemetry/readAtScrape.ts"

const connections = (state: string) =>
  Metric.gauge("mutt_postgres_pool_connections", {
    description:
      "Places for connections to PostgreSQL of this process, by state: in_use, idle, unopened (may still be opened). Together they are the size of the pool.",
    attributes: { state }
  })
const waitSeconds = Metric.histogram("mutt_postgres_pool_wait_seconds", {
  description: "How long work waited for a connection of the pool, also in vain; with opening it.",
  boundaries: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]
})

interface Pool {
  readonly most: number
  readonly open: { readonly size: number }
  readonly leased: { readonly size: number }
}

/** Shows a pool at each scrape. While a connection is replaced there is one more than `most`. */
export const poolShown = ({ leased, most, open }: Pool): Effect.Effect<void> =>
  readAtScrape(
    gaugeReads(connections("in_use"), () => leased.size),
    gaugeReads(connections("idle"), () => Math.max(0, open.size - leased.size)),
    gaugeReads(connections("unopened"), () => Math.max(0, most - open.size))
  )

/** Times how long a connection is waited for. */
export const makeWaitTime = Effect.gen(function*() {
  const clock = yield* Clock.Clock
  const context = yield* Effect.context<never>()
  return <A, E, R>(lease: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      const asked = clock.monotonicTimeNanosUnsafe()
      return Effect.onExit(lease, () => {
        waitSeconds.updateUnsafe(Number(clock.monotonicTimeNanosUnsafe() - asked) / 1e9, context)
        return Effect.void
      })
    })
})
