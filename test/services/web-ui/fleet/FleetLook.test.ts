import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { configTopic } from "../../../../layers/config/ConfigRollout.ts"
import { Instances, InstancesUnavailable } from "../../../../layers/instances/Instances.ts"
import { processTopic } from "../../../../layers/instances/processTopic.ts"
import { secretTopic } from "../../../../layers/instances/SecretInstances.ts"
import { rulesTopic } from "../../../../layers/rules/rulesTopic.ts"
import { FleetLook } from "../../../../services/web-ui/fleet/FleetLook.ts"
import { ProgramStatuses } from "../../../../services/web-ui/overview/ProgramStatuses.ts"
import type { ProgramStatus } from "../../../../src/api/web-ui/Overview.ts"
import type { Program } from "../../../../src/domain/Settings.ts"
import { makeInstancesMemory } from "../../../layers/instances/InstancesMemory.ts"

const start = Date.UTC(2026, 7, 22, 10, 0, 0)

const answer = (program: Program, instance: string | null): ProgramStatus => ({
  program,
  url: `http://${program}:1`,
  state: instance === null ? "unreachable" : "ready",
  version: instance === null ? null : "3.0.0",
  instance,
  checks: instance === null ? {} : { redis: { state: "ok", required: true, age_ms: 0 } }
})

const said = {
  version: "3.0.0",
  build: null,
  runtime: "node 24.21.0",
  started_at: "2026-08-22T09:00:00.000Z",
  state: "not_ready",
  checks: { postgres: { state: "down", required: true, age_ms: 9_000, detail: "refused" } },
  memory_bytes: 80_000_000,
  events_per_second: 120.5,
  silences_version: 4
} as const

/** A registry with processes, and addresses that answer. */
const world = Effect.gen(function*() {
  yield* TestClock.setTime(start)
  const { process } = yield* makeInstancesMemory
  const own = yield* Layer.build(process("web-ui", "w-1"))
  const registry = Context.get(own, Instances)
  const state = { isAway: false, lists: 0, asked: 0, answers: [answer("alerter", "a-1"), answer("ingestor", null)] }
  const counted = Instances.of({
    ...registry,
    list: (topic) => {
      state.lists++
      return state.isAway
        ? Effect.fail(new InstancesUnavailable({ reason: "unreachable", detail: "away" }))
        : registry.list(topic)
    }
  })
  const context = yield* Layer.build(FleetLook.layer.pipe(
    Layer.provide(Layer.succeed(Instances, counted)),
    Layer.provide(Layer.mock(ProgramStatuses, {
      addressed: Effect.sync(() => {
        state.asked++
        return state.answers
      })
    }))
  ))
  const { current } = yield* Effect.provide(FleetLook, context)
  const as = (program: Program, instance: string) =>
    Effect.map(Layer.build(process(program, instance)), (context) => Context.get(context, Instances))
  return { as, current, state }
})

describe("the fleet", () => {
  it.effect("joins all that a process reports, and names the addresses that answer nobody", () =>
    Effect.gen(function*() {
      const { as, current } = yield* world
      const alerter = yield* as("alerter", "a-1")
      yield* alerter.report(processTopic, said)
      yield* TestClock.adjust("2 seconds")
      yield* alerter.report(configTopic, { epoch: "e", version: 7, ok: false, reason: "too high", ms: 3 })
      yield* alerter.report(rulesTopic, {
        version: 12,
        ok: true,
        reason: null,
        ms: 4,
        rules: 3,
        unusable: 0,
        unusable_rules: [],
        time_zone_data: "2026a"
      })
      yield* alerter.report(secretTopic, { stale: true, holdings: {} })
      assert.deepStrictEqual(yield* current, {
        as_of: "2026-08-22T10:00:02.000Z",
        reports_unavailable: null,
        processes: [{
          program: "alerter",
          instance: "a-1",
          ...said,
          url: "http://alerter:1",
          checked_at: "2026-08-22T10:00:00.000Z",
          settings: { epoch: "e", version: 7, ok: false, reason: "too high" },
          rules: { version: 12, ok: true, reason: null },
          secrets_stale: true,
          last_seen: "2026-08-22T10:00:02.000Z"
        }],
        addresses: [{ program: "ingestor", url: "http://ingestor:1" }]
      })
    }))

  it.effect("has every replica behind one address, those of earlier versions too, until they end or fall silent", () =>
    Effect.gen(function*() {
      const { as, current } = yield* world
      const names = Effect.map(
        current,
        ({ processes }) => processes.map(({ instance, state, version }) => [instance, version, state])
      )
      yield* Effect.scoped(Effect.gen(function*() {
        yield* (yield* as("alerter", "a-3")).report(secretTopic, { stale: false, holdings: {} })
        yield* (yield* as("alerter", "a-2")).report(processTopic, said)
        assert.deepStrictEqual(yield* names, [
          ["a-1", "3.0.0", "ready"],
          ["a-2", "3.0.0", "not_ready"],
          ["a-3", null, null]
        ])
      }))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* names, [["a-1", "3.0.0", "ready"]])
    }))

  it.effect("is what the addresses say while the reports cannot be read, and says so", () =>
    Effect.gen(function*() {
      const { current, state } = yield* world
      state.isAway = true
      const { processes, reports_unavailable } = yield* current
      assert.strictEqual(reports_unavailable, "The reports of the processes cannot be read now.")
      assert.deepStrictEqual(
        processes.map(({ checks, instance, settings }) => [instance, Object.keys(checks), settings]),
        [
          ["a-1", ["redis"], null]
        ]
      )
      state.isAway = false
      yield* TestClock.adjust("1 second")
      assert.isNull((yield* current).reports_unavailable)
    }))

  it.effect("is looked at when somebody asks: reports twice a second at most, addresses each 5 seconds", () =>
    Effect.gen(function*() {
      const { current, state } = yield* world
      yield* Effect.all(Array.from({ length: 50 }, () => current), { concurrency: "unbounded" })
      assert.deepStrictEqual([state.lists, state.asked], [4, 1])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual([state.lists, state.asked], [4, 1])
      for (let second = 0; second < 10; second++) {
        yield* current
        yield* TestClock.adjust("1 second")
      }
      assert.deepStrictEqual([state.lists, state.asked], [44, 3])
    }))
})
