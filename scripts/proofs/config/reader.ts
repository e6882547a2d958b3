import { Effect, Layer, Logger, Schedule, Schema, Stream } from "effect"
import { ConfigLayer } from "../../../layers/config/ConfigLayer.ts"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { Environment } from "../../../layers/environment/Environment.ts"
import { InstancesRedis } from "../../../layers/instances/InstancesRedis.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { connected, staticConfig } from "../../../test/layers/connections.ts"
import { ReaderTask, reports } from "./reports.ts"

/**
 * Follows the settings as every program does, and says on a list in Redis, past whatever is done to its connections,
 * which version it runs.
 */
const follow = Effect.fnUntraced(function*({ direct, instance, password, port, username }: ReaderTask) {
  const server = (at: number, user: string) =>
    connected({ redis: { port: at, username: user } }, { REDIS_PASS: password })
  const [following, telling] = [yield* server(port, username), yield* server(direct, username)]
  const fixed = Layer.succeed(Environment, {
    ...staticConfig({ redis: { port, username } }),
    program: "ingestor",
    instance
  })
  const config = yield* Effect.provide(
    DynamicConfig,
    yield* Layer.build(
      ConfigLayer.pipe(Layer.provide(InstancesRedis), Layer.provide(fixed), Layer.provide(following.redis))
    )
  )
  const redis = yield* Effect.provide(Redis, yield* Layer.build(Layer.fresh(telling.redis)))
  yield* config.changes.pipe(
    Stream.runForEach(({ version }) =>
      Effect.retry(redis.command("RPUSH", reports, `${instance} ${version}`), Schedule.spaced("20 millis"))
    )
  )
})

const main = Schema.decodeUnknownEffect(Schema.fromJsonString(ReaderTask))(process.argv[2]).pipe(
  Effect.flatMap(follow),
  Effect.scoped,
  Effect.provide(Logger.layer([]))
)

Effect.runFork(main)
