import { Effect, Layer, Schema, Stream } from "effect"
import { Program } from "../../src/domain/Settings.ts"
import { Environment } from "../environment/Environment.ts"
import { Redis, type RedisFailed, type RedisScript } from "../redis/Redis.ts"
import { Instances, InstancesUnavailable, type Topic } from "./Instances.ts"

const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/**
 * KEYS: the topic's hash. ARGV: instance, head with `%d` for the server's time, rest of the report, channel if any.
 * Answers the time.
 */
const reportScript: RedisScript = {
  name: "instances.report",
  lua: `${clock}
redis.call('HSET', KEYS[1], ARGV[1], string.format(ARGV[2], now, now) .. ARGV[3])
if ARGV[4] then redis.pcall('PUBLISH', ARGV[4], ARGV[1]) end
return now
`
}

/**
 * KEYS: the topic's hash. ARGV: milliseconds of silence. Drops the silent; answers the server's time and the reports of
 * the others, all as JSON with `seen` inside.
 */
const listScript: RedisScript = {
  name: "instances.list",
  lua: `${clock}
local all, running = redis.call('HGETALL', KEYS[1]), { string.format('%d', now) }
for i = 1, #all, 2 do
  local report = string.gsub(all[i + 1], '^(%d+) {', '{"seen":%1,')
  if now - cjson.decode(report).seen > tonumber(ARGV[1]) then redis.call('HDEL', KEYS[1], all[i])
  else running[#running + 1] = report end
end
return running
`
}

const decodeTime = Schema.decodeUnknownEffect(Schema.Finite)
const decodeList = Schema.decodeUnknownEffect(
  Schema.TupleWithRest(Schema.Tuple([Schema.FiniteFromString]), [Schema.fromJsonString(Schema.Unknown)])
)
const decodeOrigin = Schema.decodeUnknownEffect(Schema.Struct({
  program: Program,
  instance: Schema.String,
  since: Schema.optionalKey(Schema.Finite),
  seen: Schema.Finite
}))

export const unreachable = ({ reason }: RedisFailed) =>
  new InstancesUnavailable({ reason: "unreachable", detail: reason })
/** Handlers for the errors of a script and its answer. */
export const unavailable = {
  RedisFailed: unreachable,
  SchemaError: () =>
    new InstancesUnavailable({ reason: "unreadable", detail: "Redis holds something that cannot be read." })
}

/**
 * Keeps reports in Redis. Programs of earlier versions use the same hashes, so each topic has their form: `seen {…}`,
 * or with a revision `{…}` with the times inside.
 */
export const InstancesRedis = Layer.effect(
  Instances,
  Effect.gen(function*() {
    const redis = yield* Redis
    const { instance, program } = yield* Environment
    const reported = new Set<string>()
    /** Key → the first report of the revision this process is at. */
    const firsts = new Map<string, { readonly revision: string; readonly rest: string; readonly since: number }>()

    // So that nobody waits for a process that has ended. Without Redis its silence shows the same.
    yield* Effect.addFinalizer(() =>
      Effect.forEach(
        reported,
        (key) => redis.command("HDEL", key, instance).pipe(Effect.timeout("500 millis"), Effect.ignore),
        { concurrency: "unbounded", discard: true }
      )
    )

    return Instances.of({
      report: Effect.fnUntraced(
        function*<State>({ key, revision }: Topic<State>, state: State) {
          const report = JSON.stringify({ ...state, program, instance })
          const send = (...args: ReadonlyArray<string>) =>
            Effect.flatMap(redis.script(reportScript, [key], [instance, ...args]), decodeTime)
          reported.add(key)
          if (revision === undefined) return yield* send("%d ", report)
          const [first, is] = [firsts.get(key), revision.of(state)]
          if (first?.revision === is) return yield* send(`{"since":${first.since},"seen":%d,`, first.rest)
          const rest = report.slice("{".length)
          const since = yield* send("{\"since\":%d,\"seen\":%d,", rest, revision.channel)
          firsts.set(key, { revision: is, rest, since })
          return since
        },
        Effect.asVoid,
        Effect.catchTags(unavailable)
      ),
      list: Effect.fnUntraced(function*<State>({ decode, key, silentMs }: Topic<State>) {
        const [now, ...reports] = yield* Effect.flatMap(redis.script(listScript, [key], [silentMs]), decodeList)
        const instances = yield* Effect.forEach(
          reports,
          (report) =>
            Effect.zipWith(
              decode(report),
              decodeOrigin(report),
              (state, origin) => ({ ...state, since: origin.seen, ...origin })
            )
        )
        return { now, instances: instances.toSorted((a, b) => (a.instance < b.instance ? -1 : 1)) }
      }, Effect.catchTags(unavailable)),
      changes: ({ revision }) =>
        revision === undefined
          ? Stream.never
          : redis.subscribe(revision.channel).pipe(Stream.map(() => undefined), Stream.mapError(unreachable))
    })
  })
)
