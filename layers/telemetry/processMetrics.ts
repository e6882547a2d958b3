import { Effect, Metric, type Scope } from "effect"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { clearInterval, setInterval } from "node:timers"
import { counterReads, gaugeReads, readAtScrape } from "./readAtScrape.ts"

const cpuSeconds = Metric.counter("process_cpu_seconds_total", {
  description: "CPU time that this process has used, of user and system.",
  incremental: true
})
const residentBytes = Metric.gauge("process_resident_memory_bytes", {
  description: "Memory that this process holds."
})
const startTime = Metric.gauge("process_start_time_seconds", {
  description: "When this process started, in seconds since 1970."
})
const lag = Metric.gauge("nodejs_eventloop_lag_seconds", {
  description: "The longest that a timer was late in the last 10 to 30 seconds, or since the scrape before."
})

/** How often the event loop is looked at, and how long what was seen counts at least. */
const lookMs = 20
const windowMs = 10_000

/**
 * Measures how late a timer is, on Node.js and Deno alike. What was seen counts until two scrapes of 10 seconds or more
 * were made, so that of two Prometheus neither takes a peak away from the other.
 */
const makeLag = Effect.gen(function*() {
  let due = performance.now() + lookMs
  let began = due
  let [highest, before] = [0, 0]
  const look = () => {
    const now = performance.now()
    highest = Math.max(highest, now - due)
    due = now + lookMs
  }
  yield* Effect.acquireRelease(
    Effect.sync(() => setInterval(look, lookMs).unref()),
    (timer) => Effect.sync(() => clearInterval(timer))
  )
  return () => {
    const seen = Math.max(highest, before)
    const now = performance.now()
    if (now - began >= windowMs) [before, highest, began] = [highest, 0, now]
    return seen / 1_000
  }
})

/** What Prometheus knows every process by. */
export const ProcessMetrics: Effect.Effect<void, never, Scope.Scope> = Effect.flatMap(makeLag, (read) =>
  readAtScrape(
    counterReads(cpuSeconds, () => {
      const { system, user } = process.cpuUsage()
      return (system + user) / 1e6
    }),
    gaugeReads(residentBytes, () => process.memoryUsage.rss()),
    gaugeReads(startTime, () => performance.timeOrigin / 1_000),
    gaugeReads(lag, read)
  ))
