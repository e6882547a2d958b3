import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Context, Effect, Fiber, Layer, Logger } from "effect"
import { Instances } from "../../../layers/instances/Instances.ts"
import { InstancesRedis } from "../../../layers/instances/InstancesRedis.ts"
import { processTopic } from "../../../layers/instances/processTopic.ts"
import { whoRuns } from "../../../services/cli/migration.ts"
import { connected } from "../../layers/connections.ts"
import { processReport } from "../../layers/instances/processReport.ts"
import { redisServer } from "../../support/servers.ts"

const asked = (port: number, user: string, password: string) =>
  whoRuns.pipe(
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({
      env: {
        REDIS_HOST: "127.0.0.1",
        REDIS_PORT: String(port),
        REDIS_USER: user,
        REDIS_TLS_ENABLED: "false",
        REDIS_PASS: password,
        DB_HOST: "127.0.0.1",
        DB_USER: "mutt_owner",
        DB_PASS: "canary-password"
      }
    }))),
    Effect.provide([NodeServices.layer, Logger.layer([])])
  )

describe("mutt migrate", () => {
  it.live("sees who runs, before it takes something away from them, and says when it can't", () =>
    Effect.gen(function*() {
      const unseen = yield* Effect.forkChild(Effect.flip(asked(1, "mutt_app", "any")))
      const { password, port, user } = yield* redisServer()
      const { redis } = yield* connected({ redis: { port, username: user } }, { REDIS_PASS: password })
      const registry = yield* Layer.build(InstancesRedis.pipe(Layer.provide(redis)))
      yield* Context.get(registry, Instances).report(processTopic, processReport("3.0.4"))
      const [one] = yield* asked(port, user, password)
      assert.deepInclude(one, { instance: "test", version: "3.0.4" })
      assert.deepStrictEqual(yield* Fiber.join(unseen), { detail: "Redis does not answer" })
    }))
})
