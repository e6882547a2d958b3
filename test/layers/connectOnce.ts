import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, Fiber, Layer, Logger, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { EnvironmentLayer } from "../../layers/environment/EnvironmentLayer.ts"
import { Postgres } from "../../layers/postgres/Postgres.ts"
import { PostgresLayer } from "../../layers/postgres/PostgresLayer.ts"
import { Redis } from "../../layers/redis/Redis.ts"
import { RedisLayer } from "../../layers/redis/RedisLayer.ts"
import { SecretLayer } from "../../layers/secret/SecretLayer.ts"
import { VaultLayer } from "../../layers/vault/VaultLayer.ts"

/** Connects to both servers as a program does, uses every kind of connection once, and says on stdout what came of it. */
const World = Layer.mergeAll(PostgresLayer, RedisLayer).pipe(
  Layer.provideMerge(SecretLayer),
  Layer.provide(VaultLayer),
  Layer.provideMerge(EnvironmentLayer("alerter")),
  Layer.provideMerge(Layer.merge(NodeServices.layer, Logger.layer([])))
)

const work = Effect.gen(function*() {
  const redis = yield* Redis
  const sql = yield* SqlClient.SqlClient
  const session = yield* redis.ownConnection
  const said = yield* Effect.forkChild(
    redis.subscribe("t:once").pipe(
      Stream.mapEffect((signal) =>
        signal._tag === "message"
          ? Effect.succeed(signal.text)
          : Effect.as(redis.command("PUBLISH", "t:once", "heard"), "subscribed")
      ),
      Stream.take(2),
      Stream.runCollect
    )
  )
  yield* session.command("BLPOP", "t:none", 0.05)
  const results = {
    script: yield* redis.script({ name: "one", lua: "return ARGV[1]" }, [], ["1"]),
    rows: yield* sql.withTransaction(sql`SELECT 1 AS n`),
    heard: yield* Fiber.join(said),
    redis: (yield* redis.status).slot,
    postgres: (yield* Postgres.use((postgres) => postgres.status)).slot
  }
  yield* Console.log(JSON.stringify(results))
})

work.pipe(Effect.scoped, Effect.provide(World), NodeRuntime.runMain)
