import { DateTime, Effect, Metric, Option } from "effect"
import type { ProcessReport } from "../../src/domain/ProcessReport.ts"
import { ProcessFacts } from "../environment/ProcessFacts.ts"
import { Instances } from "../instances/Instances.ts"
import { processTopic } from "../instances/processTopic.ts"
import { steadyMillis } from "../telemetry/steadyTime.ts"
import { supervised } from "../telemetry/supervised.ts"
import { reportsFailed } from "./metrics.ts"

/** What the program alone can tell of itself. */
export interface OwnReport {
  /** Counts what it is there for: events accepted or decided, alerts delivered. */
  readonly work?: ReadonlyArray<Metric.Counter<number>>
  /** Of the silences it decides by. */
  readonly silencesVersion?: () => number | undefined
}

interface Reported extends OwnReport {
  readonly url?: string | undefined
  readonly version: string
  readonly state: Effect.Effect<Pick<ProcessReport, "state" | "checks">>
}

const everyMs = 5_000

/** Reports every 5 seconds how this process is, to whoever lists them all. Without a registry there is nobody to tell. */
export const reportProcess = Effect.fnUntraced(
  function*({ silencesVersion, state, url, version, work = [] }: Reported) {
    const registry = yield* Effect.serviceOption(Instances)
    if (Option.isNone(registry)) return
    const { build, memoryBytes, runtime, startedAt } = yield* ProcessFacts
    const done = Effect.map(
      Effect.forEach(work, Metric.value),
      (counted) => counted.reduce((sum, { count }) => sum + count, 0)
    )
    let before: { readonly done: number; readonly at: number } | undefined
    let reached = true

    const report = Effect.gen(function*() {
      const now = { done: yield* done, at: yield* steadyMillis }
      const perSecond = before === undefined || work.length === 0 || now.at <= before.at
        ? null
        : Math.round((now.done - before.done) / (now.at - before.at) * 10_000) / 10
      before = now
      yield* registry.value.report(processTopic, {
        version,
        ...(url === undefined ? {} : { url }),
        build,
        runtime,
        started_at: DateTime.formatIso(DateTime.makeUnsafe(startedAt)),
        ...(yield* state),
        memory_bytes: memoryBytes(),
        events_per_second: perSecond,
        silences_version: silencesVersion?.() ?? null
      })
      reached = true
    }).pipe(
      Effect.catchTag("InstancesUnavailable", ({ detail }) =>
        Effect.gen(function*() {
          yield* Metric.update(reportsFailed, 1)
          if (!reached) return
          reached = false
          yield* Effect.logWarning("How this process is could not be reported; trying on.").pipe(
            Effect.annotateLogs({ detail })
          )
        }))
    )
    yield* report.pipe(Effect.andThen(Effect.sleep(everyMs)), Effect.forever, supervised("process.report"))
  }
)
