import { Effect, Layer, Schedule, Stream } from "effect"
import { ConfigLayer } from "../../../layers/config/ConfigLayer.ts"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { StaticConfig } from "../../../layers/config/StaticConfig.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { connected, staticConfig } from "../../layers/connections.ts"
import { reports } from "./reports.ts"

const [instance = "", port = "", username = "", password = ""] = process.argv.slice(2)

/** Follows the settings as every program does, and says on a list in Redis which version it runs. */
const follow = Effect.gen(function*() {
  const config = yield* DynamicConfig
  const redis = yield* Redis
  yield* config.changes.pipe(
    Stream.runForEach(({ version }) =>
      Effect.retry(redis.command("RPUSH", reports, `${instance} ${version}`), Schedule.spaced("20 millis"))
    )
  )
})

const main = Effect.gen(function*() {
  const address = { port: Number(port), username }
  const { redis } = yield* connected({ redis: address }, { REDIS_PASS: password })
  const fixed = Layer.succeed(StaticConfig, { ...staticConfig({ redis: address }), program: "ingestor", instance })
  yield* Effect.provide(follow, ConfigLayer.pipe(Layer.provide(fixed), Layer.provideMerge(redis)))
})

Effect.runFork(Effect.scoped(main))
