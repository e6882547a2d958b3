import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Instances } from "../instances/Instances.ts"
import { Redis, type RedisScript } from "../redis/Redis.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { supervised } from "../telemetry/supervised.ts"
import { readHead } from "./configHash.ts"
import { ConfigPublisher, PublishDelayed } from "./ConfigPublisher.ts"
import { configTopic } from "./ConfigRollout.ts"
import { everySecond, hedgedRead } from "./hedgedRead.ts"
import { configKeys } from "./keys.ts"
import { storeRows } from "./storeRows.ts"

/**
 * KEYS: the hash. ARGV: epoch, version, channel, then setting and JSON by turns. Replaces and announces everything,
 * unless Redis has this version of this epoch or a newer one. Answers the version that Redis has then.
 */
const applyIfNewer: RedisScript = {
  name: "config.apply",
  lua: `
local epoch, version = redis.call('HGET', KEYS[1], '_epoch'), tonumber(redis.call('HGET', KEYS[1], '_version') or '-1')
if epoch == ARGV[1] and version >= tonumber(ARGV[2]) then return { epoch, tostring(version) } end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], '_epoch', ARGV[1], '_version', ARGV[2])
for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PUBLISH', ARGV[3], ARGV[1] .. ':' .. ARGV[2])
return { ARGV[1], ARGV[2] }
`
}

const decodeAnswer = Schema.decodeUnknownEffect(Schema.Tuple([Schema.String, Schema.FiniteFromString]))

/**
 * Publishes when asked to, and compares both sides each second: a crash or an outage may have left a change undone, and
 * Redis may have lost its contents or been restored from an old copy, and so may PostgreSQL: then Redis has a newer
 * version, or when that lost its contents too, a process has.
 */
export const ConfigPublisherRedis = Layer.effect(
  ConfigPublisher,
  Effect.gen(function*() {
    const redis = yield* Redis
    const instances = yield* Instances
    const sql = yield* SqlClient.SqlClient
    const rows = storeRows(sql)

    const apply = Effect.gen(function*() {
      const { set, ...head } = yield* rows.headAndSet
      const settings = [...set].flatMap(([key, value]) => [key, JSON.stringify(value)])
      const args = [head.epoch, head.version, configKeys.channel, ...settings]
      const [epoch, version] = yield* hedgedRead(
        redis,
        redis.script(applyIfNewer, [configKeys.hash], args),
        (session) => session.command("EVAL", applyIfNewer.lua, 1, configKeys.hash, ...args)
      ).pipe(Effect.flatMap(decodeAnswer))
      return { epoch, version, ahead: epoch === head.epoch && version > head.version }
    })

    /** Gives a ledger that was restored from an old backup a new epoch, so that its versions count again. */
    const renewIfBehind = Effect.fnUntraced(function*(epoch: string, version: number) {
      const changed = yield* sql`UPDATE config_ledger SET epoch = gen_random_uuid()
        WHERE epoch = ${epoch}::text::uuid AND version < ${version}::text::bigint RETURNING version`
      if (changed.length === 0) return
      yield* Effect.logWarning(
        "The ledger of settings is older than what is in force; it counts as a new one from here on."
      ).pipe(
        Effect.annotateLogs({ epoch, inForce: version })
      )
    })

    const push = Effect.gen(function*() {
      const first = yield* apply
      if (first.ahead) yield* renewIfBehind(first.epoch, first.version)
      // Again whoever gave the new epoch, and also when another web-ui was merely faster with a newer version.
      const { epoch, version } = first.ahead ? yield* apply : first
      yield* sql`DELETE FROM config_outbox WHERE version <= ${version}`
      return { epoch, version }
    }).pipe(
      Effect.catchTags({
        SqlError: (error) => new PublishDelayed({ detail: `PostgreSQL: ${error.reason._tag}` }),
        RedisFailed: (error) => new PublishDelayed({ detail: `Redis: ${error.reason}` }),
        SchemaError: Effect.die
      })
    )

    /** The newest version of this epoch that a process has in force. */
    const newestInForce = (epoch: string) =>
      instances.list(configTopic).pipe(
        droppedAt("config.in_force", "Which settings the processes have in force could not be read."),
        Effect.map((running) =>
          (running?.instances ?? []).reduce((most, one) => one.epoch === epoch ? Math.max(most, one.version) : most, 0)
        )
      )

    /** Publishes if the two sides differ. */
    const compare = Effect.gen(function*() {
      const { epoch, version } = yield* readHead(redis)
      const head = yield* rows.head
      const inForce = yield* newestInForce(head.epoch)
      const isBehind = inForce > head.version
      if (isBehind) yield* renewIfBehind(head.epoch, inForce)
      const waiting = yield* sql`SELECT 1 FROM config_outbox LIMIT 1`
      if (isBehind || epoch !== head.epoch || version !== head.version || waiting.length > 0) yield* push
    })

    yield* compare.pipe(
      droppedAt("config.relay", "The settings could not be handed to Redis; trying again."),
      Effect.repeat(everySecond),
      supervised("config.relay")
    )
    return ConfigPublisher.of({ push })
  })
)
