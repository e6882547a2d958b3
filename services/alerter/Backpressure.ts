import { Effect, Metric, Option, Stream } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import type { CheckResult } from "../../layers/http/HealthCheck.ts"
import { AlertQueue } from "../../layers/queue/AlertQueue.ts"
import { alertDepth, shed } from "./metrics.ts"

/** Whether to read new events, by how many alerts wait for delivery. */
export type Backpressure =
  | { readonly _tag: "go" }
  | { readonly _tag: "defer"; readonly waitMs: number }
  | { readonly _tag: "shed"; readonly detail: string }

type Level = "calm" | "warn" | "defer" | "shed"

/** Measures the queue of alerts once for each reading, and logs when the level changes. */
export const makeBackpressure = Effect.gen(function*() {
  const alerts = yield* AlertQueue
  const config = yield* DynamicConfig
  let level: Level = "calm"
  let depth = 0
  let settings = config.snapshot()

  const changeLevel = Effect.fnUntraced(function*(now: Level, threshold: number) {
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

  const measure = Effect.gen(function*() {
    settings = config.snapshot()
    const { values } = settings
    const over = { warn: values.alerter_queue_warn_threshold, shed: values.alerter_queue_shed_threshold }
    depth = (yield* alerts.backlog).depth
    yield* Metric.update(alertDepth, depth)
    if (depth <= over.shed) {
      yield* changeLevel(depth > over.warn ? "warn" : "calm", over.warn)
      return { _tag: "go" } satisfies Backpressure
    }
    if (values.alerter_shed_mode === "dlq") {
      yield* changeLevel("shed", over.shed)
      return { _tag: "shed", detail: `queue_depth_exceeded:${depth}>${over.shed}` } satisfies Backpressure
    }
    yield* changeLevel("defer", over.shed)
    yield* Metric.update(shed.defer, 1)
    return { _tag: "defer", waitMs: values.alerter_defer_sleep_ms } satisfies Backpressure
  })

  /** For `/readyz`: an alerter that holds back is not broken. */
  const state = (): CheckResult =>
    level === "calm" ? { state: "ok" } : { state: "degraded", detail: `${level}: ${depth} alerts wait for delivery` }

  /** Waits before the next measurement while reading is put off; a change of settings ends it at once. */
  const rest = (waitMs: number) =>
    Effect.race(
      Effect.sleep(waitMs),
      config.changes.pipe(
        Stream.filter((snapshot) => snapshot !== settings),
        Stream.runHead,
        Effect.flatMap(Option.match({ onNone: () => Effect.never, onSome: () => Effect.void }))
      )
    )

  return { measure, rest, state }
})
