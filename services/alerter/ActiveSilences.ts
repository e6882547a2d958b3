import { Context, Effect, Layer, Metric } from "effect"
import type { Check } from "../../layers/http/HealthCheck.ts"
import { timeZoneAgreement } from "../../layers/http/timeZoneAgreement.ts"
import { SilenceChanges } from "../../layers/silence/SilenceChanges.ts"
import { type SilenceHit, SilenceHits } from "../../layers/silence/SilenceHits.ts"
import { SilenceSource } from "../../layers/silence/SilenceSource.ts"
import { droppedAt } from "../../layers/telemetry/dropped.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import { Turns } from "../../src/logic/Turns.ts"
import { buildSilenceIndex, type SilenceIndex } from "../../src/silence/silenceIndex.ts"
import { ActiveRules } from "./ActiveRules.ts"
import { followSnapshot } from "./followSnapshot.ts"
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
  /** Of those in force; `undefined` before the first reading. */
  readonly version: () => number | undefined
  readonly check: Check
}>()("mutt/services/alerter/ActiveSilences") {}

/** Milliseconds of compiling in one turn of the event loop: events are decided meanwhile. */
const sliceMs = 2

/** How often hits are stored. */
const hitsEvery = "10 seconds"

export const ActiveSilencesLayer = Layer.effect(
  ActiveSilences,
  Effect.gen(function*() {
    const source = yield* SilenceSource
    const changes = yield* SilenceChanges
    const rules = yield* ActiveRules
    const turns = new Turns(sliceMs)

    const { active, check, current } = yield* followSnapshot({
      loop: "alerter.silences",
      version: source.version,
      load: () =>
        Effect.flatMap(source.load, ({ silences, version }) =>
          Effect.map(
            turns.run(buildSilenceIndex(silences, rules.ruleName)),
            (index): InForce => ({ version, index })
          )),
      heard: changes.heard,
      failures: silencesReloadFailures,
      words: {
        missing: "The silences cannot be read; nothing is decided before they are.",
        kept: "The silences cannot be read; those in force stay in force.",
        again: "The silences can be read again."
      },
      loaded: report
    })

    const { hit, store } = yield* makeHits
    yield* Effect.sleep(hitsEvery).pipe(Effect.andThen(store), Effect.forever, supervised("alerter.silences.hits"))
    yield* Effect.addFinalizer(() => Effect.timeoutOption(store, "1 second"))

    const agreement = yield* timeZoneAgreement
    return ActiveSilences.of({
      current: Effect.map(current, ({ index }) => index),
      hit,
      version: () => active()?.version,
      check: check(
        "silences",
        Effect.map(agreement, (zones) => ({ index, version }: InForce) => ({
          ...zones,
          detail: `version ${version}, ${index.size} silences; ${zones.detail}`
        }))
      )
    })
  })
)

interface InForce {
  readonly version: number
  readonly index: SilenceIndex
}

const report = Effect.fnUntraced(function*({ index, version }: InForce, changed: boolean) {
  yield* Metric.update(silencesCount, index.size)
  yield* Metric.update(silencesVersion, version)
  if (!changed) return
  yield* Effect.annotateLogs(Effect.logInfo("Silences are in force."), { version, silences: index.size })
})

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
