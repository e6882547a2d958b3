import type { Context, Metric } from "effect"
import { requestSeconds, requestsTotal } from "./metrics.ts"

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])

/** Counts and times answers. One handle for each series, made when it is first needed: routes and statuses are few. */
export const makeMeasure = () => {
  const series = new Map<string, readonly [Metric.Counter<number>, Metric.Histogram<number>]>()
  return (context: Context.Context<never>, sent: string, route: string, status: number, seconds: number): void => {
    const method = methods.has(sent) ? sent : "OTHER"
    const key = `${method} ${status} ${route}`
    let handles = series.get(key)
    if (handles === undefined) {
      handles = [
        requestsTotal({ method, route, status: String(status) }),
        requestSeconds({ method, route })
      ]
      series.set(key, handles)
    }
    handles[0].updateUnsafe(1, context)
    handles[1].updateUnsafe(seconds, context)
  }
}
