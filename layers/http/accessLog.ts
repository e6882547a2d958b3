import { Context, Effect, type Metric } from "effect"
import { LogThreshold } from "../telemetry/LogThreshold.ts"
import { requestSeconds, requestsTotal } from "./metrics.ts"

export interface Answered {
  readonly method: string
  readonly path: string
  /** The path as routes have it, or `unmatched`. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])

/**
 * Counts and times answers, and gives the log line of those that have one: at debug all of them, otherwise failures.
 * One handle for each series, made when it is first needed: routes and statuses are few.
 */
export const makeAccessLog = () => {
  const series = new Map<string, readonly [Metric.Counter<number>, Metric.Histogram<number>]>()
  return (context: Context.Context<never>, answered: Answered): Effect.Effect<void> | undefined => {
    const { route, seconds, status } = answered
    const method = methods.has(answered.method) ? answered.method : "OTHER"
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
    if (status >= 500) return line(Effect.logWarning("A request failed."), answered)
    return Context.get(context, LogThreshold).allows("Debug")
      ? line(Effect.logDebug("A request was answered."), answered)
      : undefined
  }
}

const line = (log: Effect.Effect<void>, { method, path, route, seconds, status }: Answered) =>
  Effect.annotateLogs(log, { method, path: path.slice(0, 256), route, status, ms: Math.round(seconds * 1e6) / 1e3 })
