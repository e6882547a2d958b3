import { assert, describe, it } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import { positionText } from "../../../layers/queue/EventQueue.ts"
import { ActiveRules } from "../../../services/alerter/ActiveRules.ts"
import { EventConsumer } from "../../../services/alerter/EventConsumer.ts"
import { EventProcessor } from "../../../services/alerter/pipeline.ts"
import { delivery, uuid } from "./events.ts"
import { makeWorld } from "./harness.ts"

const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index)
const batch = (from: number, count: number) =>
  range(from, count).map((number) => delivery(number, { message: "page me" }))
const entries = (from: number, count: number) => range(from, count).map((number) => `${number}-0`)

/** Starts an alerter in its own scope, so that a test may end it. */
const launch = <ROut, E>(alerter: Layer.Layer<ROut, E>) =>
  Effect.gen(function*() {
    const scope = yield* Scope.fork(yield* Effect.scope)
    const services = yield* Layer.buildWithScope(alerter, scope)
    // A reading under way ends with its time.
    const close = Scope.close(scope, Exit.void)
    const stop = Effect.gen(function*() {
      const closing = yield* Effect.forkChild(close)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(closing)
    })
    return { services, close, stop }
  })

/** The same, and waits until it has compiled its rules, which takes some turns of the event loop. */
const start = <ROut, E>(alerter: Layer.Layer<ROut | ActiveRules, E>) =>
  Effect.tap(launch(alerter), ({ services }) => Context.get(services, ActiveRules).current)

const settledIds = (world: Effect.Success<typeof makeWorld>["world"]) =>
  world.settled.map(({ position }) => positionText(position))

describe("the reader", () => {
  it.effect("settles every event once, in the order of the queue, and records it before", () =>
    Effect.gen(function*() {
      const { alerter, world } = yield* makeWorld
      world.waiting.push(...batch(0, 35))
      const { stop } = yield* start(alerter)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(settledIds(world), entries(0, 35))
      assert.deepStrictEqual([...world.recorded.keys()], range(0, 35).map(uuid))
      assert.strictEqual(world.taken.size, 0)
      yield* stop
    }))

  it.effect("has three batches in hand, not more, and settles the first one first", () =>
    Effect.gen(function*() {
      const { alerter, world } = yield* makeWorld
      const gate = yield* Deferred.make<void>()
      let stored = 0
      world.storing = Effect.suspend(() => (stored++ === 0 ? Deferred.await(gate) : Effect.void))
      world.waiting.push(...batch(0, 40))
      const { stop } = yield* start(alerter)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(world.recorded.size, 20)
      assert.deepStrictEqual([settledIds(world), world.waiting.length], [[], 10])
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(settledIds(world), entries(0, 40))
      yield* stop
    }))

  it.effect("reads nothing before the rules are there", () =>
    Effect.gen(function*() {
      const { alerter, world } = yield* makeWorld
      world.rulesAway = true
      world.waiting.push(...batch(0, 5))
      const { services, stop } = yield* launch(alerter)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual([world.asked, world.taken.size], [[], 0])
      world.rulesAway = false
      yield* TestClock.adjust("2 seconds")
      yield* Context.get(services, ActiveRules).current
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(settledIds(world), entries(0, 5))
      yield* stop
    }))

  it.effect("stops reading while PostgreSQL is away, says so, and goes on by itself without having spent anything", () =>
    Effect.gen(function*() {
      const { alerter, world } = yield* makeWorld
      world.postgresAway = true
      world.waiting.push(...batch(0, 100))
      const { services, stop } = yield* start(alerter)
      yield* TestClock.adjust("30 seconds")
      assert.isAtLeast(world.waiting.length, 80)
      assert.deepStrictEqual(world.settled, [])
      const { check } = Context.get(services, EventProcessor).check
      assert.strictEqual((yield* check).state, "down")
      world.postgresAway = false
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(settledIds(world), entries(0, 100))
      assert.isTrue(world.settled.every(({ _tag }) => _tag === "forwarded"))
      assert.strictEqual((yield* check).state, "ok")
      yield* stop
    }))

  it.effect("goes on where it was when Redis comes back, also between recording and settling", () =>
    Effect.gen(function*() {
      const { alerter, world } = yield* makeWorld
      world.settleAway = true
      world.waiting.push(...batch(0, 30))
      const { stop } = yield* start(alerter)
      yield* TestClock.adjust("5 seconds")
      world.redisAway = true
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(world.settled, [])
      world.redisAway = world.settleAway = false
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(settledIds(world).sort(), entries(0, 30).sort())
      assert.strictEqual(world.recorded.size, 30)
      yield* stop
    }))

  it.effect("takes over what a dead alerter held, whenever that died", () =>
    Effect.gen(function*() {
      const { alerter, world } = yield* makeWorld
      const { stop } = yield* start(alerter)
      for (const from of [0, 100]) {
        yield* TestClock.adjust("1 minute")
        const since = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
        for (const one of batch(from, 25)) {
          world.taken.set(positionText(one.position), { delivery: one, consumer: "dead", since })
        }
        yield* TestClock.adjust("9 seconds")
        assert.isFalse(settledIds(world).includes(`${from}-0`))
        yield* TestClock.adjust("5 seconds")
      }
      assert.deepStrictEqual(settledIds(world), [...entries(0, 25), ...entries(100, 25)])
      yield* stop
    }))

  it.effect("leaves alone what it holds itself, however long", () =>
    Effect.gen(function*() {
      const { alerter, world } = yield* makeWorld
      const gate = yield* Deferred.make<void>()
      let stored = 0
      world.storing = Effect.suspend(() => (stored++ === 0 ? Deferred.await(gate) : Effect.void))
      world.waiting.push(...batch(0, 5))
      const { stop } = yield* start(alerter)
      yield* TestClock.adjust("25 seconds")
      assert.strictEqual(stored, 1)
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(settledIds(world), entries(0, 5))
      yield* stop
    }))

  it.effect("reads nothing while too many alerts wait, and goes on when there are fewer", () =>
    Effect.gen(function*() {
      const { alerter, world } = yield* makeWorld
      world.alerts = 21
      world.waiting.push(...batch(0, 5))
      const { services, stop } = yield* start(alerter)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(world.waiting.length, 5)
      assert.strictEqual((yield* Context.get(services, EventConsumer).check.check).state, "degraded")
      world.alerts = 0
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(settledIds(world), entries(0, 5))
      yield* stop
    }))

  it.effect("keeps events as dead letters while too many alerts wait, when told to, with the reason", () =>
    Effect.gen(function*() {
      const { alerter, settings, world } = yield* makeWorld
      yield* settings.set({ alerter_shed_mode: "dlq" })
      world.alerts = 21
      world.waiting.push(...batch(0, 5))
      const { stop } = yield* start(alerter)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(settledIds(world), entries(0, 5))
      for (const outcome of world.settled) {
        assert.strictEqual(outcome._tag, "dead")
        if (outcome._tag !== "dead") continue
        const { detail, reason } = JSON.parse(outcome.letter)
        assert.deepStrictEqual([reason, detail], ["queue_depth_exceeded", "queue_depth_exceeded:21>20"])
      }
      assert.strictEqual(world.recorded.size, 0)
      yield* stop
    }))

  it.effect("reads fewer at a time when they are large", () =>
    Effect.gen(function*() {
      const { alerter, world } = yield* makeWorld
      world.waiting.push(...range(0, 10).map((number) => delivery(number, { message: "x".repeat(2_000_000) })))
      const { stop } = yield* start(alerter)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(world.asked.slice(0, 2), [10, 2])
      yield* stop
    }))

  it.effect("finishes the batches in hand when it is told to stop, and reads no other", () =>
    Effect.gen(function*() {
      const { alerter, world } = yield* makeWorld
      const gate = yield* Deferred.make<void>()
      world.storing = Deferred.await(gate)
      world.waiting.push(...batch(0, 50))
      const { close } = yield* start(alerter)
      yield* TestClock.adjust("1 second")
      const stopping = yield* Effect.forkChild(close)
      yield* TestClock.adjust("1 second")
      assert.isUndefined(stopping.pollUnsafe())
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(stopping)
      assert.deepStrictEqual(settledIds(world), entries(0, 30))
      assert.deepStrictEqual([world.waiting.length, world.taken.size], [20, 0])
    }))

  it.effect("stops within its time also when a batch cannot be finished", () =>
    Effect.gen(function*() {
      const { alerter, world } = yield* makeWorld
      world.postgresAway = true
      world.waiting.push(...batch(0, 10))
      const { close } = yield* start(alerter)
      yield* TestClock.adjust("1 second")
      const stopping = yield* Effect.forkChild(close)
      yield* TestClock.adjust("12 seconds")
      yield* Fiber.join(stopping)
      assert.deepStrictEqual([world.settled.length, world.taken.size], [0, 10])
    }))
})
