import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { Environment } from "../../../../layers/environment/Environment.ts"
import { SecretStoreUnavailable } from "../../../../layers/secret/SecretStore.ts"
import { RotationController } from "../../../../services/web-ui/rotation/RotationController.ts"
import { RotationControllerLayer } from "../../../../services/web-ui/rotation/RotationControllerLayer.ts"
import type { SecretKind } from "../../../../src/domain/Rotation.ts"
import { ConfigAuditMemory } from "../../../layers/audit/ConfigAuditMemory.ts"
import { staticConfig } from "../../../layers/connections.ts"
import { makeFleet } from "./fleet.ts"
import { RotationJournalMemory } from "./RotationJournalMemory.ts"

const author = { actor: "tester", reason: "a test", correlationId: "c" }
const now = { force: false, waitMs: 0 }
const forced = { force: true, waitMs: 0 }

/** Two processes that do what they are told, and two controllers over one journal. */
const world = (kind: SecretKind) =>
  Effect.gen(function*() {
    const statuses = yield* makeFleet(kind)
    yield* Effect.forEach(["a", "b"], statuses.join)
    const journal = yield* Layer.build(RotationJournalMemory.pipe(Layer.provide(ConfigAuditMemory), Layer.fresh))
    const controller = (instance: string) =>
      RotationControllerLayer.pipe(
        Layer.provide(Layer.succeedContext(journal)),
        Layer.provide(statuses.layer),
        Layer.provide(Layer.succeed(Environment, { ...staticConfig({}), instance })),
        Layer.provide(Logger.layer([])),
        Layer.fresh,
        Layer.build,
        Effect.map((context) => Context.get(context, RotationController))
      )
    return { fleet: statuses, one: yield* controller("web-ui-1"), other: yield* controller("web-ui-2") }
  })

describe("Rotator", () => {
  it.effect("says what blocks a step and does nothing, and by force says what may break", () =>
    Effect.gen(function*() {
      const { fleet: statuses, one } = yield* world("postgres")
      yield* one.start("DB_PASS", author, { auto: false })
      const blocked = yield* Effect.flip(one.step("DB_PASS", "apply", author, now))
      assert.strictEqual(blocked._tag, "RotationBlocked")
      assert.deepStrictEqual((yield* one.status("DB_PASS")).blocks.map(({ code, who }) => `${code} ${who}`), [
        "value_not_held alerter/a",
        "value_not_held alerter/b"
      ])
      assert.deepStrictEqual([...statuses.accepted()], ["old"])
      const { may_break, passed, state, steps } = yield* one.step("DB_PASS", "apply", author, forced)
      assert.lengthOf(passed, 2)
      assert.include(may_break.join(), "cannot log in")
      assert.strictEqual(state, "APPLIED")
      assert.lengthOf(steps.find(({ forced }) => forced !== null)?.forced ?? [], 2)
    }))

  it.effect("does not begin where somebody else would lose his password too", () =>
    Effect.gen(function*() {
      const { fleet: statuses, one } = yield* world("redis")
      yield* statuses.servers.share("the administrator is the same user")
      const error = yield* Effect.flip(one.start("REDIS_PASS", author, { auto: true }))
      assert.deepInclude(error, { _tag: "RotationBlocked", step: "stage" })
      assert.deepStrictEqual((yield* one.status("REDIS_PASS")).state, "STEADY")
      assert.deepStrictEqual(Object.keys((yield* one.status("REDIS_PASS")).slots), ["CURRENT"])
      yield* statuses.servers.share(undefined)
      yield* one.start("REDIS_PASS", author, { auto: false })
      assert.deepStrictEqual((yield* one.status("REDIS_PASS")).state, "STAGED")
    }))

  it.effect("is blocked by a process that has fallen silent, until it has ended", () =>
    Effect.gen(function*() {
      const { fleet: statuses, one } = yield* world("redis")
      yield* one.start("REDIS_PASS", author, { auto: false })
      yield* statuses.settle
      const silent = statuses.processes.get("b")
      assert.isDefined(silent)
      if (silent !== undefined) silent.silentSince = 0
      yield* TestClock.adjust("6 seconds")
      const blocked = yield* Effect.flip(one.step("REDIS_PASS", "apply", author, now))
      assert.include(JSON.stringify(blocked), "instance_silent")
      statuses.processes.delete("b")
      assert.strictEqual((yield* one.step("REDIS_PASS", "apply", author, now)).state, "APPLIED")
    }))

  it.effect("names the process that hangs while its connections are there, also once it is forgotten", () =>
    Effect.gen(function*() {
      const { fleet: statuses, one } = yield* world("postgres")
      yield* one.start("DB_PASS", author, { auto: false })
      yield* statuses.settle
      const hung = statuses.processes.get("b")
      if (hung === undefined) return assert.fail("there is no b")
      hung.silentSince = 0
      yield* TestClock.adjust("61 seconds")
      for (const step of ["apply", "verify", "promote"] as const) yield* one.step("DB_PASS", step, author, now)
      const connection = hung.connection
      yield* statuses.settle
      hung.connection = connection
      const error = yield* Effect.flip(one.step("DB_PASS", "drain", author, now))
      if (error._tag !== "RotationBlocked") return assert.fail(error._tag)
      assert.deepStrictEqual(error.blocks, [{
        code: "old_sessions",
        who: "alerter/b",
        detail:
          "The server lists 1 of its connections, and it reports no more: it hangs or is cut off. They end with that process."
      }])
      statuses.processes.delete("b")
      assert.strictEqual((yield* one.step("DB_PASS", "drain", author, now)).state, "DRAINED")
    }))

  it.effect("goes on by itself as processes follow, and one that died is followed by another", () =>
    Effect.gen(function*() {
      const { fleet: statuses, one, other } = yield* world("postgres")
      yield* one.start("DB_PASS", author, { auto: true })
      assert.strictEqual((yield* Effect.flip(other.resume("DB_PASS", author)))._tag, "RotationTaken")
      for (let second = 0; second < 10; second++) {
        yield* statuses.settle
        yield* TestClock.adjust("1 second")
      }
      const rotation = yield* other.status("DB_PASS")
      assert.deepInclude(rotation, { outcome: "completed", state: "STEADY" })
    }))

  it.effect("gives up after a minute without a move, says why, and goes on from there when asked", () =>
    Effect.gen(function*() {
      const { fleet: statuses, one, other } = yield* world("redis")
      yield* one.start("REDIS_PASS", author, { auto: true })
      yield* TestClock.adjust("62 seconds")
      const rotation = yield* one.status("REDIS_PASS")
      assert.deepInclude(rotation, { driver: null, state: "STAGED" })
      assert.include(rotation.stopped, "apply is blocked")
      yield* other.resume("REDIS_PASS", author)
      for (let second = 0; second < 10; second++) {
        yield* statuses.settle
        yield* TestClock.adjust("1 second")
      }
      assert.deepInclude(yield* one.status("REDIS_PASS"), { outcome: "completed" })
      assert.lengthOf([...statuses.accepted()], 1)
    }))

  it.effect("a store that is away stops a step, which is then done by whoever comes next", () =>
    Effect.gen(function*() {
      const { fleet: statuses, one, other } = yield* world("key")
      const away = new SecretStoreUnavailable({ store: "memory", detail: "away" })
      yield* one.start("INGEST_API_KEY", author, { auto: false })
      yield* statuses.settle
      yield* statuses.store.fail(away)
      assert.strictEqual(
        (yield* Effect.flip(one.step("INGEST_API_KEY", "promote", author, now)))._tag,
        "RotationUnavailable"
      )
      yield* statuses.store.fail(undefined)
      assert.strictEqual((yield* other.step("INGEST_API_KEY", "promote", author, now)).state, "PROMOTED")
      const late = yield* Effect.flip(other.step("INGEST_API_KEY", "apply", author, now))
      assert.deepInclude(late, { _tag: "RotationWrongState", expected: ["retire"] })
    }))

  it.effect("takes a NEXT that is there, since somebody may use it", () =>
    Effect.gen(function*() {
      const { fleet: statuses, one } = yield* world("redis")
      yield* statuses.store.set({ REDIS_PASS: "old", REDIS_PASS_NEXT: "by hand" })
      yield* one.start("REDIS_PASS", author, { auto: false })
      assert.strictEqual((yield* statuses.store.values)["REDIS_PASS_NEXT"], "by hand")
    }))

  it.effect("says so when somebody took NEXT out of the store by hand, and can be rolled back", () =>
    Effect.gen(function*() {
      const { fleet: statuses, one } = yield* world("postgres")
      yield* one.start("DB_PASS", author, { auto: false })
      yield* statuses.settle
      yield* one.step("DB_PASS", "apply", author, now)
      yield* statuses.store.set({ DB_PASS_CURRENT: "old" })
      yield* statuses.settle
      assert.strictEqual((yield* Effect.flip(one.step("DB_PASS", "verify", author, forced)))._tag, "RotationConfused")
      assert.deepInclude(yield* one.rollback("DB_PASS", author, now), { outcome: "rolled_back" })
      assert.deepStrictEqual([...statuses.accepted()], ["old"])
    }))
})
