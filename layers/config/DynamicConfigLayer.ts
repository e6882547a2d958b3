import { Clock, Effect, Layer, Metric, Queue, Result, Schedule, Stream, SubscriptionRef } from "effect"
import { defaults, isSettingKey, settingValues } from "../../src/domain/Settings.ts"
import { Redis, type RedisFailed } from "../redis/Redis.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { supervised } from "../telemetry/supervised.ts"
import { ConfigInstances } from "./ConfigInstances.ts"
import { type ConfigStatus, DynamicConfig, type Snapshot } from "./DynamicConfig.ts"
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

const fromDefaults: Start = { snapshot: { epoch: "", version: 0, values: defaults }, source: "defaults" }

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
export const DynamicConfigLayer = Layer.effect(
  DynamicConfig,
  Effect.gen(function*() {
    const redis = yield* Redis
    const instances = yield* ConfigInstances
    const held = yield* SubscriptionRef.make<Held>({
      ...fromDefaults,
      stale: true,
      confirmedAt: yield* Clock.currentTimeMillis
    })
    let refusedVersion = ""

    /** Tells the writers which version is in force here, or was refused. Nobody waits for it, and the next look says it again. */
    const report = Effect.fnUntraced(function*(offered: Offered, problem: string | null) {
      const ms = (yield* Clock.currentTimeMillis) - offered.at
      yield* instances.report({
        epoch: offered.epoch,
        version: offered.version,
        ok: problem === null,
        reason: problem,
        ms
      })
    }, droppedAt("config.report", "Which settings are in force could not be told."))

    const adopt = Effect.fnUntraced(function*(reply: unknown, at: number) {
      const fields = fieldsOf(reply)
      const now = yield* Clock.currentTimeMillis
      const epoch = fields.get(configKeys.epoch) ?? ""
      const version = Number(fields.get(configKeys.version) ?? 0)
      const parsed = parse(fields)
      if (parsed.unknown.length > 0) {
        yield* Effect.logInfo("Redis holds settings that this version does not know.").pipe(
          Effect.annotateLogs({ keys: parsed.unknown.join(" ") })
        )
      }
      if (Result.isFailure(parsed.values)) {
        const label = `${epoch}/${version}`
        yield* SubscriptionRef.update(held, (old) => ({ ...old, stale: true }))
        yield* report({ epoch, version, at }, parsed.values.failure.join(" "))
        if (label === refusedVersion) return
        refusedVersion = label
        yield* Metric.update(refused, 1)
        return yield* Effect.logError("New settings are refused; the old ones stay in force.").pipe(
          Effect.annotateLogs({ epoch, version, problems: parsed.values.failure.join(" ") })
        )
      }
      const values = parsed.values.success
      yield* SubscriptionRef.update(held, (): Held => ({
        snapshot: { epoch, version, values },
        source: "redis",
        stale: false,
        confirmedAt: now
      }))
      yield* report({ epoch, version, at }, null)
      yield* Metric.update(applied, 1)
      yield* Effect.logInfo("Settings are in force.").pipe(Effect.annotateLogs({ epoch, version }))
    })

    const readAll = Effect.flatMap(
      Clock.currentTimeMillis,
      (at) => Effect.flatMap(redis.command("HGETALL", configKeys.hash), (reply) => adopt(reply, at))
    )

    /** Reads everything, if the version differs from ours. */
    const look = Effect.gen(function*() {
      const reply = yield* redis.command("HMGET", configKeys.hash, configKeys.epoch, configKeys.version)
      const [epoch, version] = Array.isArray(reply) ? reply : []
      const { snapshot, source, stale } = SubscriptionRef.getUnsafe(held)
      const same = source === "redis" && (epoch ?? "") === snapshot.epoch && Number(version ?? 0) === snapshot.version
      if (!same || stale) return yield* readAll
      const confirmedAt = yield* Clock.currentTimeMillis
      yield* SubscriptionRef.update(held, (old) => ({ ...old, confirmedAt }))
      yield* report({ epoch: snapshot.epoch, version: snapshot.version, at: confirmedAt }, null)
    })

    const lost = (error: RedisFailed) =>
      Effect.gen(function*() {
        if (!SubscriptionRef.getUnsafe(held).stale) {
          yield* Effect.logWarning("The settings cannot be read; the last known ones stay in force.").pipe(
            Effect.annotateLogs({ reason: error.reason, detail: error.detail })
          )
        }
        yield* SubscriptionRef.update(held, (old) => ({ ...old, stale: true }))
      })

    yield* readAll.pipe(
      Effect.catch(lost),
      Effect.timeoutOrElse({ duration: "2 seconds", orElse: () => Effect.void })
    )

    const wanted = yield* Queue.sliding<void>(1)
    yield* redis.subscribe(configKeys.channel).pipe(
      Stream.runForEach(() => Queue.offer(wanted, undefined)),
      supervised("config.updates")
    )
    yield* Effect.schedule(Queue.offer(wanted, undefined), Schedule.spaced("1 second").pipe(Schedule.jittered)).pipe(
      supervised("config.poll")
    )
    yield* Queue.take(wanted).pipe(
      Effect.andThen(Effect.catch(look, lost)),
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
        const ageMs = (yield* Clock.currentTimeMillis) - confirmedAt
        return { source, epoch: snapshot.epoch, version: snapshot.version, stale, ageMs }
      })
    })
  })
)

const fieldsOf = (reply: unknown): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>()
  if (Array.isArray(reply)) {
    for (let i = 0; i + 1 < reply.length; i += 2) fields.set(String(reply[i]), String(reply[i + 1]))
  }
  return fields
}

const parse = (fields: ReadonlyMap<string, string>) => {
  const given = new Map<string, unknown>()
  const unknown: Array<string> = []
  for (const [name, text] of fields) {
    if (name.startsWith("_")) continue
    if (isSettingKey(name)) given.set(name, json(text))
    else unknown.push(name)
  }
  return { unknown, values: settingValues(given) }
}

/** Text that is no JSON is no value either: `undefined` fits no setting. */
const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
