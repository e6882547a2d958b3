import { Effect } from "effect"
import { PerformanceObserver } from "node:perf_hooks"
import { SettingsWorld } from "../../../test/services/web-ui/settingsHarness.ts"

/** What a read of the settings costs: bytes allocated, over so many reads in a row, and collections they caused. */
export const reads = (count: number) =>
  Effect.gen(function*() {
    const { reader } = yield* SettingsWorld
    const config = yield* reader("ingestor", "reads")
    let collections = 0
    const observer = new PerformanceObserver((list) => void (collections += list.getEntries().length))
    const sum = (times: number) => {
      let total = 0
      for (let n = 0; n < times; n++) total += config.snapshot().values.moog_rate_limit
      return total
    }
    // Compiled first: interpreted code allocates on its own account.
    sum(200_000)
    observer.observe({ entryTypes: ["gc"] })
    const before = process.memoryUsage().heapUsed
    const start = performance.now()
    sum(count)
    const took = performance.now() - start
    const bytes = process.memoryUsage().heapUsed - before
    yield* Effect.sleep("1 millis")
    observer.disconnect()
    return { count, bytesPerRead: bytes / count, nanosecondsPerRead: took * 1e6 / count, collections }
  }).pipe(Effect.scoped)
