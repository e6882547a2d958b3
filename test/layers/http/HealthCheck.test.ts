import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { postgresCheck, redisCheck, secretsCheck, settingsCheck } from "../../../layers/http/HealthCheck.ts"
import { Postgres, PostgresUnavailable } from "../../../layers/postgres/Postgres.ts"
import { Redis, RedisFailed } from "../../../layers/redis/Redis.ts"
import { world } from "./harness.ts"

const redisOf = (ping: Effect.Effect<unknown, RedisFailed>, refused = false) =>
  Layer.mock(Redis, {
    command: () => ping,
    status: Effect.succeed({ connected: !refused, slot: "NEXT" as const, fingerprint: "0a1b2c3d", refused, detail: "" })
  })

const postgresOf = (ping: Effect.Effect<void, PostgresUnavailable>) =>
  Layer.mock(Postgres, {
    ping,
    status: Effect.succeed({ connected: true, slot: "CURRENT" as const, fingerprint: "", detail: "" })
  })

describe("the checks of what a program stands on", () => {
  it.effect("say which credential works", () =>
    Effect.gen(function*() {
      const redis = yield* Effect.provide(redisCheck, redisOf(Effect.succeed("PONG")))
      assert.deepStrictEqual(yield* redis.check, { state: "ok", ageMs: 0, detail: "credential NEXT 0a1b2c3d" })
      const postgres = yield* Effect.provide(postgresCheck, postgresOf(Effect.void))
      assert.deepStrictEqual(yield* postgres.check, { state: "ok", ageMs: 0, detail: "credential CURRENT" })
      assert.isTrue(redis.required && postgres.required)
    }))

  it.effect("say why something is down, in a word that tells no address", () =>
    Effect.gen(function*() {
      const failed = new RedisFailed({ operation: "PING", reason: "refused", detail: "redis.internal:6379" })
      const redis = yield* Effect.provide(redisCheck, redisOf(Effect.fail(failed)))
      assert.deepStrictEqual(yield* redis.check, { state: "down", detail: "refused" })
      const away = new PostgresUnavailable({ reason: "unreachable", detail: "db.internal:5432" })
      const postgres = yield* Effect.provide(postgresCheck, postgresOf(Effect.fail(away)))
      assert.deepStrictEqual(yield* postgres.check, { state: "down", detail: "unreachable" })
    }))

  it.effect("wait two seconds and no longer", () =>
    Effect.gen(function*() {
      const { check } = yield* Effect.provide(redisCheck, redisOf(Effect.never))
      const fiber = yield* Effect.forkChild(check)
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(yield* Fiber.join(fiber), { state: "down", detail: "no answer within two seconds" })
    }))

  it.effect("say that passwords are refused while a command still waits for a connection", () =>
    Effect.gen(function*() {
      const { check } = yield* Effect.provide(redisCheck, redisOf(Effect.never, true))
      const fiber = yield* Effect.forkChild(check)
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(yield* Fiber.join(fiber), { state: "down", detail: "refused" })
    }))

  it.effect("of secrets and settings tell their age and make no program unready", () =>
    Effect.gen(function*() {
      const checks = yield* Effect.provide(Effect.all([secretsCheck, settingsCheck]), world("alerter"))
      const [secrets, settings] = yield* Effect.all(checks.map(({ check }) => check))
      assert.deepStrictEqual(checks.map(({ required }) => required), [false, false])
      assert.deepStrictEqual(secrets, { state: "ok", ageMs: 5, detail: "store file" })
      assert.deepStrictEqual(settings, { state: "ok", ageMs: 12, detail: "version 7 from redis" })
    }))
})
