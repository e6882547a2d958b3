import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { rightsCheck } from "../../../layers/http/rightsCheck.ts"
import { Redis, RedisFailed } from "../../../layers/redis/Redis.ts"
import { eventually } from "../../support/eventually.ts"
import { redisServer } from "../../support/servers.ts"
import { connected } from "../connections.ts"

type Answer = "allowed" | RedisFailed
const failed = (reason: RedisFailed["reason"], detail: string) => new RedisFailed({ operation: "HGET", reason, detail })
const refused = failed("reply", "NOPERM this user has no permissions to run the 'acl|whoami' command")

const world = (command: Answer, key: Answer) => {
  const state = { command, key, asked: 0 }
  const layer = Layer.mock(Redis, {
    command: (name) =>
      Effect.suspend(() => {
        state.asked++
        const answer = name === "ACL" ? state.command : state.key
        return answer === "allowed" ? Effect.succeed(null) : answer
      })
  })
  return { state, layer }
}

describe("the check of the rights in Redis", () => {
  it.effect("is ok when commands and keys of others are refused, and asks no more then", () =>
    Effect.gen(function*() {
      const { layer, state } = world(refused, refused)
      const { check, required } = yield* Effect.provide(rightsCheck, layer)
      yield* TestClock.adjust(0)
      assert.isFalse(required)
      assert.deepStrictEqual(yield* check, { state: "ok", ageMs: 0 })
      yield* TestClock.adjust("1 day")
      assert.strictEqual(state.asked, 2)
    }))

  it.effect("names what is wider than needed, and sees that it was narrowed", () =>
    Effect.gen(function*() {
      const { layer, state } = world("allowed", "allowed")
      const { check } = yield* Effect.provide(rightsCheck, layer)
      yield* TestClock.adjust(0)
      const detail = "its user may use commands and keys that MUTT does not need"
      assert.deepStrictEqual(yield* check, { state: "degraded", ageMs: 0, detail })
      Object.assign(state, { command: refused, key: refused })
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(yield* check, { state: "ok", ageMs: 0 })
    }))

  it.effect("asks again while Redis is away, and takes a command that the server does not have for refused", () =>
    Effect.gen(function*() {
      const { layer, state } = world(failed("unavailable", "away"), refused)
      const { check } = yield* Effect.provide(rightsCheck, layer)
      yield* TestClock.adjust(0)
      assert.strictEqual((yield* check).state, "degraded")
      state.command = failed("reply", "ERR unknown command 'ACL', with args beginning with: ")
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* check).state, "ok")
    }))

  it.live("tells the user that npm start makes from the administrator", () =>
    Effect.gen(function*() {
      const server = yield* redisServer()
      const stateOf = Effect.fnUntraced(function*(username: string, password: string) {
        const { redis } = yield* connected({ redis: { port: server.port, username } }, { REDIS_PASS: password })
        const { check } = yield* Effect.provide(rightsCheck, yield* Layer.build(redis))
        return yield* eventually(
          Effect.filterOrFail(check, ({ detail }) => detail?.includes("not asked yet") !== true, () => "not yet")
        )
      })
      assert.strictEqual((yield* stateOf(server.user, server.password)).state, "ok")
      assert.include(
        (yield* stateOf("default", new URL(server.adminUrl).password)).detail ?? "",
        "may use commands and keys"
      )
    }))
})
