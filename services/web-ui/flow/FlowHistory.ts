import { Context, DateTime, Effect, Layer, Metric, Schedule } from "effect"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { Books, type FlowReading } from "../../../layers/queue/Books.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"
import type { Flow, FlowNow } from "../../../src/api/web-ui/Flow.ts"
import { flowLooksFailed } from "../metrics.ts"
import { FlowPoints } from "./FlowPoints.ts"

/** How the queue stands: the newest reading, or why there is none now. */
export type QueueNow =
  | { readonly _tag: "read"; readonly reading: FlowReading; readonly now: FlowNow }
  | { readonly _tag: "unavailable"; readonly detail: string }

const notYet = "The queue was not read yet."
const away = "The queue cannot be reached now."

/**
 * Reads the queue each second, whether somebody looks or not: who opens a page during an outage sees how it began.
 * Measured with 50,000 events and 5,000 alerts waiting: a reading costs Redis 0.06 ms and this process 0.11 ms, which
 * is a hundredth of a percent of a core.
 */
export class FlowHistory extends Context.Service<FlowHistory, {
  readonly flow: Effect.Effect<Flow>
  readonly now: Effect.Effect<QueueNow>
}>()("mutt/services/web-ui/flow/FlowHistory") {
  static readonly layer = Layer.effect(
    FlowHistory,
    Effect.gen(function*() {
      const books = yield* Books
      const config = yield* DynamicConfig
      const points = new FlowPoints()
      let unavailable: string | null = notYet

      const limit = () => {
        const { moog_rate_limit: most, moog_rate_period: seconds } = config.snapshot().values
        return { most, periodMs: seconds * 1_000 }
      }
      const failed = Effect.fnUntraced(function*(detail: string) {
        yield* Metric.update(flowLooksFailed, 1)
        const isNew = unavailable !== away
        unavailable = away
        if (!isNew) return
        yield* Effect.logWarning("The queue cannot be read; what goes through is not seen meanwhile.").pipe(
          Effect.annotateLogs({ detail })
        )
      })
      const look = books.flow.pipe(
        Effect.tap((reading) =>
          Effect.sync(() => {
            points.add(reading, limit())
            unavailable = null
          })
        ),
        Effect.timeout("2 seconds"),
        Effect.catch((error) => failed(error._tag === "QueueUnavailable" ? error.detail : "no answer in two seconds"))
      )
      yield* look.pipe(Effect.repeat(Schedule.fixed("1 second")), supervised("flow.look"))

      const asOf = () => points.newest === undefined ? null : time(points.newest.at)
      return FlowHistory.of({
        flow: Effect.sync(() => ({
          as_of: asOf(),
          unavailable,
          tokens_most: limit().most,
          seconds: points.seconds,
          minutes: points.minutes
        })),
        now: Effect.sync((): QueueNow =>
          unavailable !== null || points.newest === undefined
            ? { _tag: "unavailable", detail: unavailable ?? away }
            : {
              _tag: "read",
              reading: points.newest,
              now: {
                as_of: asOf(),
                second: points.second,
                minute: points.minute
              }
            }
        )
      })
    })
  )
}

const time = (ms: number): string => DateTime.formatIso(DateTime.makeUnsafe(ms))
