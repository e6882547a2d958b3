import { Context, Deferred, Effect, Layer, Metric, Queue, Stream } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import type { Check, CheckResult } from "../../layers/http/HealthCheck.ts"
import { timeZoneAgreement } from "../../layers/http/timeZoneAgreement.ts"
import { SilenceChanges } from "../../layers/silence/SilenceChanges.ts"
import { type SilenceHit, SilenceHits } from "../../layers/silence/SilenceHits.ts"
import { SilenceSource, type SilenceSourceUnavailable } from "../../layers/silence/SilenceSource.ts"
import { droppedAt } from "../../layers/telemetry/dropped.ts"
import { steadyMillis } from "../../layers/telemetry/steadyTime.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import { Turns } from "../../src/logic/Turns.ts"
import { buildSilenceIndex, type SilenceIndex } from "../../src/silence/silenceIndex.ts"
import { ActiveRules } from "./ActiveRules.ts"
import { silencesCount, silencesReloadFailures, silencesVersion } from "./metrics.ts"

/**
 * The silences in force. They are replaced whole when a change is announced, and within a second of it in any case.
 * While they cannot be read, those in force stay; before the first reading nothing may be decided.
 */
export class ActiveSilences extends Context.Service<ActiveSilences, {
  /** Waits for the first reading. */
  readonly current: Effect.Effect<SilenceIndex>
  /** Notes that a silence held an event back. */
  readonly hit: (silenceId: number, receivedAt: string) => void
  readonly check: Check
}>()("mutt/services/alerter/ActiveSilences") {}

/** Milliseconds of compiling in one turn of the event loop: events are decided meanwhile. */
const sliceMs = 2

/** How often the version is read, whether or not a change was announced; how often hits are stored. */
const pollEvery = "500 millis"
const hitsEvery = "10 seconds"

export const ActiveSilencesLayer = Layer.effect(
  ActiveSilences,
  Effect.gen(function*() {
    const source = yield* SilenceSource
    const changes = yield* SilenceChanges
    const config = yield* DynamicConfig
    const rules = yield* ActiveRules
    const first = yield* Deferred.make<SilenceIndex>()
    let active: { readonly version: number; readonly index: SilenceIndex } | undefined
    const turns = new Turns(sliceMs)
    let confirmedAt = 0
    let readAt = 0
    let failure: string | undefined

    const reload = Effect.gen(function*() {
      const { silences, version } = yield* source.load
      const index = yield* turns.run(buildSilenceIndex(silences, rules.ruleName))
      const changed = version !== active?.version
      active = { version, index }
      readAt = yield* steadyMillis
      yield* Metric.update(silencesCount, index.size)
      yield* Metric.update(silencesVersion, version)
      if (changed) {
        yield* Effect.annotateLogs(Effect.logInfo("Silences are in force."), { version, silences: index.size })
      }
      yield* Deferred.succeed(first, index)
    })

    const reloadIfChanged = Effect.gen(function*() {
      const due = (yield* steadyMillis) - readAt >= config.snapshot().values.cache_reload_interval * 1_000
      if (active === undefined || due || (yield* source.version) !== active.version) yield* reload
      confirmedAt = yield* steadyMillis
      if (failure !== undefined) yield* Effect.logInfo("The silences can be read again.")
      failure = undefined
    })

    const failed = Effect.fnUntraced(function*({ detail }: SilenceSourceUnavailable) {
      yield* Metric.update(silencesReloadFailures, 1)
      if (failure === undefined) {
        yield* Effect.annotateLogs(
          active === undefined
            ? Effect.logWarning("The silences cannot be read; nothing is decided before they are.")
            : Effect.logWarning("The silences cannot be read; those in force stay in force."),
          { detail, version: active?.version }
        )
      }
      failure = detail
    })

    const announced = yield* Queue.sliding<void>(1)
    yield* Stream.runForEach(changes.heard, () => Queue.offer(announced, undefined)).pipe(
      supervised("alerter.silences.news")
    )
    yield* Effect.catchTag(reloadIfChanged, "SilenceSourceUnavailable", failed).pipe(
      Effect.andThen(Effect.raceFirst(Effect.sleep(pollEvery), Queue.take(announced))),
      Effect.forever,
      supervised("alerter.silences")
    )

    const { hit, store } = yield* makeHits
    yield* Effect.sleep(hitsEvery).pipe(Effect.andThen(store), Effect.forever, supervised("alerter.silences.hits"))
    yield* Effect.addFinalizer(() => Effect.timeoutOption(store, "1 second"))

    const agreement = yield* timeZoneAgreement
    const check: Check = {
      name: "silences",
      required: true,
      check: Effect.zipWith(steadyMillis, agreement, (now, zones): CheckResult => {
        if (active === undefined) return { state: "down", detail: failure ?? "not read yet" }
        const detail = `version ${active.version}, ${active.index.size} silences; ${zones.detail}`
        return {
          state: failure === undefined ? zones.state : "degraded",
          ageMs: now - confirmedAt,
          detail: failure === undefined ? detail : `${detail}; ${failure}`
        }
      })
    }

    const current = Effect.suspend(() => active === undefined ? Deferred.await(first) : Effect.succeed(active.index))

    return ActiveSilences.of({ current, hit, check })
  })
)

/** Counts hits until they are stored. Those that cannot be stored are let go: nobody acts on a single one. */
const makeHits = Effect.map(SilenceHits, (kept) => {
  let counted = new Map<number, SilenceHit>()
  return {
    hit: (silenceId: number, receivedAt: string): void => {
      const { hits = 0, lastAt = 0 } = counted.get(silenceId) ?? {}
      counted.set(silenceId, { silenceId, hits: hits + 1, lastAt: Math.max(lastAt, Date.parse(receivedAt)) })
    },
    store: Effect.suspend(() => {
      const told = [...counted.values()]
      counted = new Map()
      return told.length === 0 ? Effect.void : kept.add(told)
    }).pipe(droppedAt("alerter.silences.hits", "How much silences held back could not be stored."))
  }
})
