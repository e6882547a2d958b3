import { Effect, Schedule } from "effect"
import type { TelemetryStack } from "./TelemetryStack.ts"

const callers = 3
/** Events in the queue above which nobody posts, so that a run of any length fits into memory. */
const mostWaiting = 50_000

/**
 * Posts as fast as the alerter takes it for so long, and waits until all is settled and delivered. Gives the events a
 * second that went the whole way, and the requests that were refused.
 */
export const load = Effect.fnUntraced(function*(stack: TelemetryStack, seconds: number) {
  const accepted = Effect.map(stack.books, ({ events }) => events.accepted)
  const before = yield* accepted
  const from = performance.now()
  const elapsed = () => (performance.now() - from) / 1_000
  let refused = 0
  const post = Effect.fnUntraced(function*(what: "load" | "alerts") {
    const waiting = yield* stack.post(what)
    if (waiting === undefined) refused++
    return waiting ?? mostWaiting
  })
  const caller = Effect.flatMap(post("load"), (waiting) => Effect.sleep(waiting < mostWaiting ? 0 : "20 millis")).pipe(
    Effect.repeat({ while: () => elapsed() < seconds })
  )
  yield* post("alerts")
  yield* Effect.forEach(Array.from({ length: callers }), () => caller, { concurrency: "unbounded", discard: true })
  const idle = yield* stack.books.pipe(
    Effect.repeat({
      schedule: Schedule.spaced("20 millis"),
      until: ({ alerts, events }) => alerts.waiting === 0 && events.waiting === 0
    }),
    Effect.timeoutOption("2 minutes")
  )
  const perSecond = ((yield* accepted) - before) / elapsed()
  yield* stack.forget
  return { perSecond, refused, settled: idle._tag === "Some" }
})
