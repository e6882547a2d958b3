import { Effect, Layer, Metric, Queue, Result, Stream, SubscriptionRef } from "effect"
import { defaults } from "../../src/domain/Settings.ts"
import { Instances } from "../instances/Instances.ts"
import { Redis } from "../redis/Redis.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { steadyMillis } from "../telemetry/steadyTime.ts"
import { supervised } from "../telemetry/supervised.ts"
import { ConfigCache } from "./ConfigCache.ts"
import { readConfigHash } from "./configHash.ts"
import { type ConfigState, configTopic } from "./ConfigRollout.ts"
import { type ConfigStatus, DynamicConfig, type Snapshot } from "./DynamicConfig.ts"
import { hedgedCommand, lookSchedule } from "./hedgedRead.ts"
import { configKeys } from "./keys.ts"

const applied = Metric.counter("mutt_config_applied_total", {
  description: "Versions of the dynamic settings this process has taken over.",
  incremental: true
})
const refused = Metric.counter("mutt_config_refused_total", {
  description: "Versions of the dynamic settings this process would not take over because something in them is wrong.",
  incremental: true
})

/** What a process starts from when Redis does not answer. */
interface Start {
  readonly snapshot: Snapshot
  readonly source: ConfigStatus["source"]
}

const fromDefaults: Start = { snapshot: { epoch: "", version: 0, values: defaults, hostZones: [] }, source: "defaults" }

const startFrom = (kept: Snapshot | undefined): Start =>
  kept === undefined ? fromDefaults : { snapshot: kept, source: "file" }

/** A version as it came, and when. */
interface Offered {
  readonly epoch: string
  readonly version: number
  readonly at: number
}

interface Held extends Start {
  readonly stale: boolean
  readonly confirmedAt: number
}

/**
 * Settings from Redis. A change is announced on a channel; a look at the version each second bounds how late it can be seen when
 * the announcement is lost. A new version is decoded whole and then replaces the old one, or is refused and the old one stays.
 */
export const DynamicConfigRedis = Layer.effect(
  DynamicConfig,
  Effect.gen(function*() {
    const redis = yield* Redis
    const instances = yield* Instances
    const cache = yield* ConfigCache
    const held = yield* SubscriptionRef.make<Held>({
      ...yield* Effect.map(cache.load, startFrom),
      stale: true,
      confirmedAt: yield* steadyMillis
    })
    /** The version that was read last, good or not: what is wrong or odd about it is said once. */
    let seen = ""

    /** Tells the writers which version is in force here, or was refused. Nothing waits for it, and the next look says it again. */
    const reports = yield* Queue.sliding<ConfigState>(1)
    const report = Effect.fnUntraced(function*({ at, epoch, version }: Offered, problem: string | null) {
      const ms = (yield* steadyMillis) - at
      yield* Queue.offer(reports, { epoch, version, ok: problem === null, reason: problem, ms })
    })
    yield* Queue.take(reports).pipe(
      Effect.flatMap((state) => instances.report(configTopic, state)),
      droppedAt("config.report", "Which settings are in force could not be told."),
      Effect.forever,
      supervised("config.report")
    )
    /** A slow disk keeps nobody from following. */
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
        return yield* report({ epoch, version, at }, null)
      }
      // A store that lost its contents or was restored from an old copy: what we have is better until it is filled again.
      if (source !== "defaults" && (empty || (known && version < snapshot.version))) {
        return yield* lost("the store is behind")
      }

      const news = `${epoch}/${version}` !== seen
      seen = `${epoch}/${version}`
      if (news && unknown.length > 0) {
        yield* Effect.logInfo("Redis holds settings that this version does not know.").pipe(
          Effect.annotateLogs({ keys: unknown.join(" ") })
        )
      }
      if (Result.isFailure(contents)) {
        const problems = contents.failure.join(" ")
        yield* SubscriptionRef.update(held, (old): Held => ({ ...old, stale: true }))
        yield* report({ epoch, version, at }, problems)
        if (!news) return
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
      yield* report({ epoch, version, at }, null)
      if (same) return
      yield* Metric.update(applied, 1)
      yield* Effect.logInfo("Settings are in force.").pipe(Effect.annotateLogs({ epoch, version }))
      yield* Queue.offer(keeping, { epoch, version, ...contents.success })
    })

    const readAll = Effect.flatMap(
      steadyMillis,
      (at) => Effect.flatMap(hedgedCommand(redis, "HGETALL", configKeys.hash), (reply) => adopt(reply, at))
    )

    /** Reads everything, if the version differs from ours. */
    const look = Effect.gen(function*() {
      const reply = yield* hedgedCommand(redis, "HMGET", configKeys.hash, configKeys.epoch, configKeys.version)
      const [epoch, version] = Array.isArray(reply) ? reply : []
      const { snapshot, source, stale } = SubscriptionRef.getUnsafe(held)
      const same = source === "redis" && (epoch ?? "") === snapshot.epoch && Number(version ?? 0) === snapshot.version
      if (!same || stale) return yield* readAll
      const confirmedAt = yield* steadyMillis
      yield* SubscriptionRef.update(held, (old) => ({ ...old, confirmedAt }))
      yield* report({ epoch: snapshot.epoch, version: snapshot.version, at: confirmedAt }, null)
    })

    yield* readAll.pipe(
      Effect.catch((error) => lost(error.message)),
      Effect.timeoutOrElse({ duration: "2 seconds", orElse: () => Effect.void })
    )

    /** An announced version that is not ours is read at once. */
    const isNews = (announced: string) => {
      const { epoch, version } = SubscriptionRef.getUnsafe(held).snapshot
      return announced !== `${epoch}:${version}`
    }
    const wanted = yield* Queue.sliding<typeof look>(1)
    yield* redis.subscribe(configKeys.channel).pipe(
      Stream.runForEach((signal) =>
        Queue.offer(wanted, signal._tag === "message" && isNews(signal.text) ? readAll : look)
      ),
      supervised("config.updates")
    )
    yield* Effect.schedule(Queue.offer(wanted, look), lookSchedule).pipe(supervised("config.poll"))
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
