import { Effect, Layer, Schema, Stream } from "effect"
import { Program } from "../../src/domain/Settings.ts"
import { Environment } from "../environment/Environment.ts"
import { Redis, type RedisFailed, type RedisScript } from "../redis/Redis.ts"
import { ConfigRollout, type InstanceState, InstancesUnavailable } from "./ConfigRollout.ts"
import { configKeys } from "./keys.ts"

/** How long a process may be silent and still count as living. */
const silentMs = 10_000

/** Who waits looks this often even when he hears of no report. */
const lookEvery = "100 millis"

/**
 * KEYS: the hash. ARGV: field, JSON, what it runs (`epoch:version:ok`), channel. Adds the server's time: since when it runs that, and now.
 * Says on the channel that something is new; who may not hear of it looks by himself.
 */
const reportScript: RedisScript = {
  name: "config.report",
  lua: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local state = cjson.decode(ARGV[2])
local before = redis.call('HGET', KEYS[1], ARGV[1])
state.runs, state.since, state.seen = ARGV[3], now, now
if before then
  local old = cjson.decode(before)
  if old.runs == state.runs then state.since, state.ms = old.since, old.ms end
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(state))
if state.since == now then redis.pcall('PUBLISH', ARGV[4], ARGV[1]) end
return now
`
}

/** KEYS: the hash. ARGV: milliseconds of silence. Drops the silent and answers the others. */
const listScript: RedisScript = {
  name: "config.instances",
  lua: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all, living = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do
  if now - cjson.decode(all[i + 1]).seen > tonumber(ARGV[1]) then redis.call('HDEL', KEYS[1], all[i])
  else living[#living + 1] = all[i + 1] end
end
return living
`
}

const State = Schema.fromJsonString(Schema.Struct({
  program: Program,
  instance: Schema.String,
  epoch: Schema.String,
  version: Schema.Int,
  ok: Schema.Boolean,
  reason: Schema.NullOr(Schema.String),
  ms: Schema.Finite,
  since: Schema.Finite,
  seen: Schema.Finite
}))
const decodeStates = Schema.decodeUnknownEffect(Schema.Array(State))

export const ConfigRolloutRedis = Layer.effect(
  ConfigRollout,
  Effect.gen(function*() {
    const redis = yield* Redis
    const { instance, program } = yield* Environment
    let told = false

    // Nobody shall wait for a process that has ended. Without Redis its silence says the same.
    yield* Effect.addFinalizer(() =>
      told
        ? redis.command("HDEL", configKeys.instances, instance).pipe(Effect.timeout("500 millis"), Effect.ignore)
        : Effect.void
    )

    const list = redis.script(listScript, [configKeys.instances], [silentMs]).pipe(
      Effect.flatMap(decodeStates),
      Effect.map((states) => states.toSorted((a, b) => (a.instance < b.instance ? -1 : 1))),
      Effect.catchTags({
        RedisFailed: unavailable,
        SchemaError: () => new InstancesUnavailable({ detail: "A report cannot be read." })
      })
    )

    return ConfigRollout.of({
      report: (state) =>
        Effect.andThen(
          Effect.sync(() => void (told = true)),
          redis.script(reportScript, [configKeys.instances], [
            instance,
            JSON.stringify({ ...state, program, instance }),
            `${state.epoch}:${state.version}:${state.ok}`,
            configKeys.reports
          ])
        ).pipe(Effect.asVoid, Effect.mapError(unavailable)),
      list,
      await: Effect.fnUntraced(function*(wanted, timeoutMs) {
        const first = yield* list
        if (timeoutMs <= 0 || first.every(settled(wanted))) return first
        let newest = first
        yield* Stream.merge(redis.subscribe(configKeys.reports), Stream.tick(lookEvery)).pipe(
          Stream.mapError(unavailable),
          Stream.buffer({ capacity: 1, strategy: "sliding" }),
          Stream.mapEffect(() => Effect.tap(list, (states) => Effect.sync(() => void (newest = states)))),
          Stream.takeUntil((states) => states.every(settled(wanted))),
          Stream.runDrain,
          Effect.timeoutOption(timeoutMs)
        )
        return newest
      })
    })
  })
)

const settled = (wanted: { readonly epoch: string; readonly version: number }) => (state: InstanceState): boolean =>
  state.epoch === wanted.epoch && state.version >= wanted.version

const unavailable = (error: RedisFailed) => new InstancesUnavailable({ detail: error.reason })
