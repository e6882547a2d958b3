import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { RedisAcl, RedisAclFailed } from "../../../layers/redis/RedisAcl.ts"
import { makeRedisAclMemory } from "../../../layers/redis/RedisAclMemory.ts"
import { redisAclSuite, sha256, Users } from "./redisAclSuite.ts"

const nodes = ["a:1", "b:2"]
const memory = makeRedisAclMemory({ nodes, passwords: [sha256("first")] })
const world = Layer.effect(Users, Effect.map(RedisAcl, (users) => ({ users, nodes }))).pipe(
  Layer.provide(memory.layer)
)

layer(world)("Redis users in memory", (it) => {
  redisAclSuite(it)

  it.effect("lists what it was given, and fails when it is told to", () =>
    Effect.gen(function*() {
      const { users } = yield* Users
      const seen = [{ node: "a:1", id: 7, name: "alerter:test:g1", user: "mutt_app" }]
      yield* memory.setClients(seen)
      assert.deepStrictEqual(yield* users.clients, seen)
      const error = new RedisAclFailed({ operation: "clients", reason: "unavailable", detail: "a:1: ECONNREFUSED" })
      yield* memory.fail(error)
      assert.strictEqual(yield* Effect.flip(users.clients), error)
      yield* memory.fail(undefined)
      assert.deepStrictEqual(yield* users.clients, seen)
    }))
})
