import { Context, Effect, Layer, Semaphore } from "effect"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { Books, type IntakeRates } from "../../../layers/queue/Books.ts"
import type { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { steadyMillis } from "../../../layers/telemetry/steadyTime.ts"
import type { Metrics } from "../../../src/api/web-ui/Overview.ts"

/** Computes the rates of intake, at most once per `metrics_cache_ttl`. */
export class IngestRates extends Context.Service<IngestRates, {
  readonly current: Effect.Effect<Metrics, QueueUnavailable>
}>()("mutt/services/web-ui/overview/IngestRates") {
  static readonly layer = Layer.effect(
    IngestRates,
    Effect.gen(function*() {
      const books = yield* Books
      const config = yield* DynamicConfig
      const one = yield* Semaphore.make(1)
      let kept: { readonly metrics: Metrics; readonly at: number } | undefined

      // The TTL is read at each request, so that a shorter one takes effect at once.
      const current = Effect.gen(function*() {
        const now = yield* steadyMillis
        const ttl = config.snapshot().values.metrics_cache_ttl * 1_000
        if (kept !== undefined && now - kept.at < ttl) return kept.metrics
        const metrics = metricsOf(yield* books.rates)
        kept = { metrics, at: yield* steadyMillis }
        return metrics
      })
      return { current: one.withPermits(1)(current) }
    })
  )
}

const round = (value: number): number => Math.round(value * 100) / 100
const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)

/**
 * Computes events per minute over windows that end now. The current minute counts as it is, the oldest one by the part
 * that lies within the window.
 */
export const metricsOf = ({ at, hours, minutes }: IntakeRates): Metrics => {
  const elapsed = at % 60_000 / 60_000
  const over = (window: number): number => {
    const whole = sum(minutes.slice(-window))
    const before = minutes.at(-window - 1)
    return before === undefined ? whole / (window - 1 + elapsed) : (whole + before * (1 - elapsed)) / window
  }
  const hourUnderWay = Math.floor(at / 3_600_000)
  return {
    summary: { current_rate_1m: round(over(1)), avg_rate_15m: round(over(15)), avg_rate_1h: round(over(60)) },
    chart_24h: {
      labels: hours.map((_, index) => label(hourUnderWay - hours.length + 1 + index)),
      data: hours.map((total) => round(total / 60))
    }
  }
}

const label = (hour: number): string => `${String(hour % 24).padStart(2, "0")}:00`
