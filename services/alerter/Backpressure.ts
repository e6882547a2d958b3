import { Effect, Metric, Option, Stream } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import type { CheckResult } from "../../layers/http/HealthCheck.ts"
import { AlertQueue } from "../../layers/queue/AlertQueue.ts"
import { alertDepth, shed } from "./metrics.ts"

/** What to do with new events, as the alerts that wait for delivery allow. */
export type Backpressure =
  | { readonly _tag: "go" }
  | { readonly _tag: "defer"; readonly waitMs: number }
  | { readonly _tag: "shed"; readonly detail: string }

type Level = "calm" | "warn" | "defer" | "shed"

/** Looks at the queue of alerts, once for each reading; tells the log when the level changes. */
export const makeBackpressure = Effect.gen(function*() {
  const alerts = yield* AlertQueue
  const config = yield* DynamicConfig
  let level: Level = "calm"
  let depth = 0
  let seen = config.snapshot()

  const reach = Effect.fnUntraced(function*(now: Level, threshold: number) {
    if (now === level) return
    level = now
    yield* Effect.annotateLogs(
      now === "calm"
        ? Effect.logInfo("Alerts are delivered fast enough again.")
        : now === "warn"
        ? Effect.logWarning("Alerts wait for delivery in great number.")
        : now === "defer"
        ? Effect.logWarning("Too many alerts wait for delivery; no events are read until there are fewer.")
        : Effect.logError(
          "Too many alerts wait for delivery; new events are kept as dead letters until there are fewer."
        ),
      { depth, threshold }
    )
  })

  const look = Effect.gen(function*() {
    seen = config.snapshot()
    const { values } = seen
    const over = { warn: values.alerter_queue_warn_threshold, shed: values.alerter_queue_shed_threshold }
    depth = (yield* alerts.backlog).depth
    yield* Metric.update(alertDepth, depth)
    if (depth <= over.shed) {
      yield* reach(depth > over.warn ? "warn" : "calm", over.warn)
      return { _tag: "go" } satisfies Backpressure
    }
    if (values.alerter_shed_mode === "dlq") {
      yield* reach("shed", over.shed)
      return { _tag: "shed", detail: `queue_depth_exceeded:${depth}>${over.shed}` } satisfies Backpressure
    }
    yield* reach("defer", over.shed)
    yield* Metric.update(shed.defer, 1)
    return { _tag: "defer", waitMs: values.alerter_defer_sleep_ms } satisfies Backpressure
  })

  /** For `/readyz`: an alerter that holds back is not broken. */
  const state = (): CheckResult =>
    level === "calm" ? { state: "ok" } : { state: "degraded", detail: `${level}: ${depth} alerts wait for delivery` }

  /** The pause before the next look while reading is put off; it ends at once when settings change. */
  const rest = (waitMs: number) =>
    Effect.race(
      Effect.sleep(waitMs),
      config.changes.pipe(
        Stream.filter((snapshot) => snapshot !== seen),
        Stream.runHead,
        Effect.flatMap(Option.match({ onNone: () => Effect.never, onSome: () => Effect.void }))
      )
    )

  return { look, rest, state }
})
