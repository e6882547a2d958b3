import { Deferred, Effect, Metric, Queue, Stream } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import type { Check, CheckResult } from "../../layers/http/HealthCheck.ts"
import { steadyMillis } from "../../layers/telemetry/steadyTime.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"

/** How often the version is read, whether or not a change was announced. */
const pollEvery = "500 millis"

/** What of the database is followed, and what is done with it. */
interface Followed<A extends { readonly version: number }, E extends { readonly detail: string }> {
  /** Names the loops. */
  readonly loop: string
  readonly version: Effect.Effect<number, E>
  /** Reads all of it, and makes it ready for use. */
  readonly load: (before: A | undefined) => Effect.Effect<A, E>
  readonly heard: Stream.Stream<void>
  readonly failures: Metric.Counter<number>
  /** Lines of the log: it cannot be read and is not there yet, or is there; it can be read again. */
  readonly words: { readonly missing: string; readonly kept: string; readonly again: string }
  /** After each reading, which took so long. */
  readonly loaded: (value: A, changed: boolean, tookMs: number) => Effect.Effect<void>
  /** After each look, whether or not anything was read. `failure`: why it cannot be read. */
  readonly looked?: (value: A | undefined, failure: string | undefined) => Effect.Effect<void>
}

/**
 * Follows a snapshot by which events are decided. It is replaced whole when a change is announced, and within a second
 * of it in any case. While it cannot be read, the one in force stays; before the first reading there is none.
 */
export const followSnapshot = Effect.fnUntraced(
  function*<A extends { readonly version: number }, E extends { readonly detail: string }>(followed: Followed<A, E>) {
    const config = yield* DynamicConfig
    const first = yield* Deferred.make<A>()
    let active: A | undefined
    let confirmedAt = 0
    let readAt = 0
    let failure: string | undefined

    const reload = Effect.gen(function*() {
      const started = yield* steadyMillis
      const value = yield* followed.load(active)
      const changed = value.version !== active?.version
      active = value
      readAt = yield* steadyMillis
      yield* followed.loaded(value, changed, readAt - started)
      yield* Deferred.succeed(first, value)
    })

    const reloadIfChanged = Effect.gen(function*() {
      const due = (yield* steadyMillis) - readAt >= config.snapshot().values.cache_reload_interval * 1_000
      if (active === undefined || due || (yield* followed.version) !== active.version) yield* reload
      confirmedAt = yield* steadyMillis
      if (failure !== undefined) yield* Effect.logInfo(followed.words.again)
      failure = undefined
    })

    const failed = Effect.fnUntraced(function*({ detail }: E) {
      yield* Metric.update(followed.failures, 1)
      if (failure === undefined) {
        const { kept, missing } = followed.words
        yield* Effect.annotateLogs(
          Effect.logWarning(active === undefined ? missing : kept),
          { detail, version: active?.version }
        )
      }
      failure = detail
    })

    const announced = yield* Queue.sliding<void>(1)
    yield* Stream.runForEach(followed.heard, () => Queue.offer(announced, undefined)).pipe(
      supervised(`${followed.loop}.news`)
    )
    yield* Effect.catch(reloadIfChanged, failed).pipe(
      Effect.andThen(Effect.suspend(() => followed.looked?.(active, failure) ?? Effect.void)),
      Effect.andThen(Effect.raceFirst(Effect.sleep(pollEvery), Queue.take(announced))),
      Effect.forever,
      supervised(followed.loop)
    )

    /** `look` says how what is in force does. */
    const check = (
      name: string,
      look: Effect.Effect<(value: A) => CheckResult & { readonly detail: string }>
    ): Check => ({
      name,
      required: true,
      check: Effect.zipWith(steadyMillis, look, (now, resultOf): CheckResult => {
        if (active === undefined) return { state: "down", detail: failure ?? "not read yet" }
        const { detail, state } = resultOf(active)
        return {
          state: failure === undefined ? state : "degraded",
          ageMs: now - confirmedAt,
          detail: failure === undefined ? detail : `${detail}; ${failure}`
        }
      })
    })

    return {
      /** Waits for the first reading. */
      current: Effect.suspend(() => active === undefined ? Deferred.await(first) : Effect.succeed(active)),
      active: () => active,
      check
    }
  }
)
