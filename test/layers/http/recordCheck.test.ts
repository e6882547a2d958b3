import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Environment } from "../../../layers/environment/Environment.ts"
import { recordCheck } from "../../../layers/http/recordCheck.ts"
import { Postgres, PostgresUnavailable, type SyncStandbys } from "../../../layers/postgres/Postgres.ts"
import { staticConfig } from "../connections.ts"

/** A PostgreSQL that has the standbys `now` says, for programs that want so many. */
const world = (syncStandbys: number, now: SyncStandbys | "away") => {
  const state = { now, asked: 0 }
  const postgres = Layer.mock(Postgres, {
    syncStandbys: Effect.suspend(() => {
      state.asked++
      return state.now === "away"
        ? new PostgresUnavailable({ reason: "unreachable", detail: "" })
        : Effect.succeed(state.now)
    })
  })
  const environment = Layer.succeed(Environment, staticConfig({ postgres: { syncStandbys } }))
  return { state, layer: Layer.merge(postgres, environment) }
}

describe("the check of the record", () => {
  it.effect("is degraded, and never more, while a row is on fewer standbys than wanted, and says what to set", () =>
    Effect.gen(function*() {
      const { layer, state } = world(1, { waitedFor: 0, confirm: false })
      const { check, required } = yield* Effect.provide(recordCheck, layer)
      assert.isFalse(required)
      yield* TestClock.adjust(0)
      const found = yield* check
      assert.strictEqual(found.state, "degraded")
      assert.match(found.detail ?? "", /on 0 of the 1 standbys .* set synchronous_standby_names/)
      state.now = { waitedFor: 1, confirm: false }
      yield* TestClock.adjust("10 seconds")
      assert.match((yield* check).detail ?? "", /some do not confirm/)
      state.now = { waitedFor: 1, confirm: true }
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* check, { state: "ok", ageMs: 0, detail: undefined })
    }))

  it.effect("keeps what it knows while PostgreSQL is away, which another check says", () =>
    Effect.gen(function*() {
      const { layer, state } = world(1, { waitedFor: 2, confirm: true })
      const { check } = yield* Effect.provide(recordCheck, layer)
      yield* TestClock.adjust(0)
      state.now = "away"
      yield* TestClock.adjust("20 seconds")
      assert.deepStrictEqual(yield* check, { state: "ok", ageMs: 20_000, detail: undefined })
    }))

  it.effect("asks nobody where no standby is wanted", () =>
    Effect.gen(function*() {
      const { layer, state } = world(0, "away")
      const { check } = yield* Effect.provide(recordCheck, layer)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual([(yield* check).state, state.asked], ["ok", 0])
    }))
})
