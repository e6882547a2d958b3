import { Effect, Layer, Metric, Queue, Result, Stream, SubscriptionRef } from "effect"
import { defaults } from "../../src/domain/Settings.ts"
import { Instances } from "../instances/Instances.ts"
import { Redis } from "../redis/Redis.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { steadyMillis } from "../telemetry/steadyTime.ts"
import { supervised } from "../telemetry/supervised.ts"
import { ConfigCache } from "./ConfigCache.ts"
import { readConfigHash, readHead } from "./configHash.ts"
import { type ConfigState, configTopic } from "./ConfigRollout.ts"
import { type ConfigStatus, DynamicConfig, type Snapshot } from "./DynamicConfig.ts"
import { everySecond, hedgedCommand } from "./hedgedRead.ts"
import { configKeys } from "./keys.ts"

const applied = Metric.counter("mutt_config_applied_total", {
  description: "Versions of the dynamic settings this process has taken over.",
  incremental: true
})
const refused = Metric.counter("mutt_config_refused_total", {
  description: "Versions of the dynamic settings this process would not take over because something in them is wrong.",
  incremental: true
})

const noSettings: Snapshot = { epoch: "", version: 0, values: defaults, hostZones: [] }

interface Held extends Pick<ConfigStatus, "source" | "stale"> {
  readonly snapshot: Snapshot
  readonly confirmedAt: number
}

/**
 * Follows the settings in Redis. A change is announced on a channel; the version is read each second too, as an
 * announcement may be lost. A new version is decoded whole and then replaces the old one, or is refused and the old one
 * stays.
 */
export const DynamicConfigRedis = Layer.effect(
  DynamicConfig,
  Effect.gen(function*() {
    const redis = yield* Redis
    const instances = yield* Instances
    const cache = yield* ConfigCache
    const cached = yield* cache.load
    const held = yield* SubscriptionRef.make<Held>({
      snapshot: cached ?? noSettings,
      source: cached === undefined ? "defaults" : "file",
      stale: true,
      confirmedAt: yield* steadyMillis
    })
    /** The version that was read last, good or not: problems of a version are logged once. */
    let seen = ""

    /** Reports the version that is in force or was refused. Nothing waits for it; the next read reports it again. */
    const reports = yield* Queue.sliding<ConfigState>(1)
    const report = Effect.fnUntraced(function*(
      { epoch, version }: Pick<Snapshot, "epoch" | "version">,
      at: number,
      problem: string | null = null
    ) {
      const ms = (yield* steadyMillis) - at
      yield* Queue.offer(reports, { epoch, version, ok: problem === null, reason: problem, ms })
    })
    yield* Queue.take(reports).pipe(
      Effect.flatMap((state) => instances.report(configTopic, state)),
      droppedAt("config.report", "Which settings are in force could not be told."),
      Effect.forever,
      supervised("config.report")
    )
    /** A queue of its own, so that a slow disk does not delay the settings. */
    const keeping = yield* Queue.sliding<Snapshot>(1)
    yield* Queue.take(keeping).pipe(Effect.flatMap(cache.keep), Effect.forever, supervised("config.keep"))

    const lost = Effect.fnUntraced(function*(detail: string) {
      if (!SubscriptionRef.getUnsafe(held).stale) {
        yield* Effect.logWarning("The settings cannot be read; the last known ones stay in force.").pipe(
          Effect.annotateLogs({ detail })
        )
      }
      yield* SubscriptionRef.update(held, (old): Held => ({ ...old, stale: true }))
    })

    const adopt = Effect.fnUntraced(function*(reply: unknown, at: number) {
      const { contents, empty, epoch, unknown, version } = readConfigHash(reply)
      const confirmedAt = yield* steadyMillis
      const { snapshot, source } = SubscriptionRef.getUnsafe(held)
      const known = epoch === snapshot.epoch
      if (empty && source === "defaults") {
        yield* SubscriptionRef.update(held, (old): Held => ({ ...old, stale: false, confirmedAt }))
        return yield* report({ epoch, version }, at)
      }
      // Redis lost its contents or was restored from an old copy: what we have is better until it is filled again.
      if (source !== "defaults" && (empty || (known && version < snapshot.version))) {
        // Who publishes hears so that PostgreSQL lost this version too, and ends the epoch.
        if (!empty) yield* report(snapshot, at)
        return yield* lost("the store is behind")
      }

      const isNew = `${epoch}/${version}` !== seen
      seen = `${epoch}/${version}`
      if (isNew && unknown.length > 0) {
        yield* Effect.logInfo("Redis holds settings that this version does not know.").pipe(
          Effect.annotateLogs({ keys: unknown.join(" ") })
        )
      }
      if (Result.isFailure(contents)) {
        const problems = contents.failure.join(" ")
        yield* SubscriptionRef.update(held, (old): Held => ({ ...old, stale: true }))
        yield* report({ epoch, version }, at, problems)
        if (!isNew) return
        yield* Metric.update(refused, 1)
        return yield* Effect.logError("New settings are refused; the old ones stay in force.").pipe(
          Effect.annotateLogs({ epoch, version, problems })
        )
      }
      const same = source === "redis" && known && version === snapshot.version
      yield* SubscriptionRef.update(held, (): Held => ({
        snapshot: same ? snapshot : { epoch, version, ...contents.success },
        source: "redis",
        stale: false,
        confirmedAt
      }))
      yield* report({ epoch, version }, at)
      if (same) return
      yield* Metric.update(applied, 1)
      yield* Effect.logInfo("Settings are in force.").pipe(Effect.annotateLogs({ epoch, version }))
      yield* Queue.offer(keeping, { epoch, version, ...contents.success })
    })

    const readAll = Effect.flatMap(
      steadyMillis,
      (at) => Effect.flatMap(hedgedCommand(redis, "HGETALL", configKeys.hash), (reply) => adopt(reply, at))
    )

    /** Reads everything if the version differs from ours. */
    const readIfChanged = Effect.gen(function*() {
      const { epoch, version } = yield* readHead(redis)
      const { snapshot, source, stale } = SubscriptionRef.getUnsafe(held)
      const same = source === "redis" && epoch === snapshot.epoch && version === snapshot.version
      if (!same || stale) return yield* readAll
      const confirmedAt = yield* steadyMillis
      yield* SubscriptionRef.update(held, (old) => ({ ...old, confirmedAt }))
      yield* report(snapshot, confirmedAt)
    })

    yield* readAll.pipe(
      Effect.catch((error) => lost(error.message)),
      Effect.timeoutOrElse({ duration: "2 seconds", orElse: () => Effect.void })
    )

    const isNews = (announced: string) => {
      const { epoch, version } = SubscriptionRef.getUnsafe(held).snapshot
      return announced !== `${epoch}:${version}`
    }
    const wanted = yield* Queue.sliding<typeof readIfChanged>(1)
    yield* redis.subscribe(configKeys.channel).pipe(
      Stream.runForEach((signal) =>
        Queue.offer(wanted, signal._tag === "message" && isNews(signal.text) ? readAll : readIfChanged)
      ),
      supervised("config.updates")
    )
    yield* Effect.schedule(Queue.offer(wanted, readIfChanged), everySecond).pipe(supervised("config.poll"))
    yield* Queue.take(wanted).pipe(
      Effect.flatMap((step) => Effect.catch(step, (error) => lost(error.message))),
      Effect.forever,
      supervised("config.read")
    )

    return DynamicConfig.of({
      snapshot: () => SubscriptionRef.getUnsafe(held).snapshot,
      changes: SubscriptionRef.changes(held).pipe(
        Stream.map(({ snapshot }) => snapshot),
        Stream.changesWith((a, b) => a === b)
      ),
      status: Effect.gen(function*() {
        const { confirmedAt, snapshot, source, stale } = yield* SubscriptionRef.get(held)
        const ageMs = (yield* steadyMillis) - confirmedAt
        return { source, epoch: snapshot.epoch, version: snapshot.version, stale, ageMs }
      })
    })
  })
)
