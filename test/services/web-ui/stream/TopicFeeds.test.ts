import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Stopping } from "../../../../layers/http/Stopping.ts"
import { FleetLook } from "../../../../services/web-ui/fleet/FleetLook.ts"
import { FlowHistory, type QueueNow } from "../../../../services/web-ui/flow/FlowHistory.ts"
import { NewestChanges, NewestChangesUnavailable } from "../../../../services/web-ui/stream/NewestChanges.ts"
import { topicEvents } from "../../../../services/web-ui/stream/topicEvents.ts"
import { TopicFeeds, type TopicMessage } from "../../../../services/web-ui/stream/TopicFeeds.ts"
import type { Fleet } from "../../../../src/api/web-ui/Fleet.ts"
import { type Topic, Topic as Topics } from "../../../../src/api/web-ui/Stream.ts"
import { DynamicConfigFixed } from "../../../layers/http/harness.ts"
import { reading } from "../harness.ts"

const fleet: Fleet = { as_of: "", reports_unavailable: null, processes: [], addresses: [] }

/** Feeds over sources that a test changes, and that count how often they are looked at. */
const world = Effect.gen(function*() {
  const stopping = yield* Deferred.make<void>()
  const state = { rules: 1, audit: 1, isAway: false, looks: 0, fleet }
  const context = yield* Layer.build(TopicFeeds.layer.pipe(
    Layer.provide([
      DynamicConfigFixed,
      Layer.mock(FleetLook, { current: Effect.sync(() => state.fleet) }),
      Layer.mock(FlowHistory, {
        now: Effect.succeed<QueueNow>({
          _tag: "read",
          reading,
          now: { as_of: null, second: null, minute: null }
        })
      }),
      Layer.mock(NewestChanges, {
        read: Effect.suspend(() => {
          state.looks++
          return state.isAway
            ? Effect.fail(new NewestChangesUnavailable({ detail: "refused" }))
            : Effect.succeed({
              rules: { version: state.rules },
              silences: { version: 1 },
              rotation: { open: [] },
              audit: { newest: state.audit }
            })
        })
      })
    ]),
    Layer.provide(Layer.succeed(Stopping, Deferred.await(stopping)))
  ))
  const { follow } = yield* Effect.provide(TopicFeeds, context)
  /** Follows topics into a queue. */
  const open = Effect.fnUntraced(function*(...topics: ReadonlyArray<Topic>) {
    const told = yield* Queue.unbounded<TopicMessage>()
    const fiber = yield* Effect.forkScoped(
      Stream.runForEach(follow(topics), (message) => Queue.offer(told, message))
    )
    yield* TestClock.adjust(1)
    return { fiber, read: Effect.map(Queue.clear(told), (messages) => messages.flatMap(wordsOf)) }
  })
  return { open, state, stop: Deferred.succeed(stopping, undefined) }
})

/** What was told, as topic and data. */
const wordsOf = (message: TopicMessage): ReadonlyArray<string> =>
  message._tag === "told" ? message.told.map(({ data, topic }) => `${topic} ${data}`) : [message._tag]

describe("a stream of topics", () => {
  it.effect("begins with the whole state of each that was asked for, and tells changes alone", () =>
    Effect.scoped(Effect.gen(function*() {
      const { open, state } = yield* world
      const { read } = yield* open("rules", "config", "dead_letters", "alerts")
      assert.sameMembers(yield* read, [
        "rules {\"version\":1}",
        "config {\"epoch\":\"e1\",\"version\":7}",
        "dead_letters {\"events\":3,\"alerts\":2,\"quarantine\":3}",
        "alerts {\"waiting\":4,\"behind\":1,\"delivered\":35,\"dead\":2}"
      ])
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* read, [])
      Object.assign(state, { rules: 2, audit: 2 })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* read, ["rules {\"version\":2}"])
      const all = yield* open(...Topics.literals)
      assert.sameMembers((yield* all.read).map((words) => words.split(" ")[0] ?? ""), [...Topics.literals])
    })))

  it.effect("tells a topic once a second at most, and a slow reader its newest state", () =>
    Effect.scoped(Effect.gen(function*() {
      const { open, state } = yield* world
      yield* open("rules")
      yield* TestClock.adjust("900 millis")
      const late = yield* open("rules")
      assert.deepStrictEqual(yield* late.read, ["rules {\"version\":1}"])
      state.rules = 2
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(yield* late.read, [])
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(yield* late.read, ["rules {\"version\":2}"])
    })))

  it.effect("costs one look a second, however many are open, and none when nobody follows", () =>
    Effect.scoped(Effect.gen(function*() {
      const { open, state } = yield* world
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(state.looks, 0)
      const many = yield* Effect.forEach(
        Array.from({ length: 30 }),
        () => open("rules", "silences", "rotation", "audit", "config")
      )
      const before = state.looks
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(state.looks - before, 10)
      yield* Fiber.interruptAll(many.map(({ fiber }) => fiber))
      const after = state.looks
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(state.looks, after)
      // Who comes later is told what is, and not what was.
      state.rules = 9
      assert.deepStrictEqual(yield* (yield* open("rules")).read, ["rules {\"version\":9}"])
    })))

  it.effect("says when a source is away, to those topics alone, and goes on by itself", () =>
    Effect.scoped(Effect.gen(function*() {
      const { open, state } = yield* world
      state.isAway = true
      const { read } = yield* open("rules", "config")
      assert.sameMembers(yield* read, [
        "rules {\"unavailable\":\"The database cannot be reached now.\"}",
        "config {\"epoch\":\"e1\",\"version\":7}"
      ])
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* read, [])
      state.isAway = false
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* read, ["rules {\"version\":1}"])
    })))

  it.effect("tells ages and loads of processes each 5 seconds, and all else at once", () =>
    Effect.scoped(Effect.gen(function*() {
      const { open, state } = yield* world
      const { read } = yield* open("fleet")
      yield* read
      let told = 0
      for (let second = 1; second <= 10; second++) {
        state.fleet = { ...fleet, as_of: String(second) }
        yield* TestClock.adjust("1 second")
        told += (yield* read).length
      }
      assert.strictEqual(told, 2)
      state.fleet = { ...fleet, addresses: [{ program: "alerter", url: "http://a" }] }
      yield* TestClock.adjust("1 second")
      assert.lengthOf(yield* read, 1)
    })))

  it.effect("has a comment each 15 seconds, and says bye when the program stops", () =>
    Effect.scoped(Effect.gen(function*() {
      const { open, stop } = yield* world
      const { fiber, read } = yield* open("config")
      yield* read
      yield* TestClock.adjust("31 seconds")
      assert.deepStrictEqual(yield* read, ["alive", "alive"])
      yield* stop
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(yield* read, ["bye"])
    })))

  it("is written as server-sent events", () => {
    const told = [{ id: 7, topic: "rules", data: "{\"version\":1}" }, { id: 8, topic: "audit", data: "{}" }] as const
    assert.strictEqual(
      topicEvents({ _tag: "told", told }),
      "id: 7\nevent: rules\ndata: {\"version\":1}\n\nid: 8\nevent: audit\ndata: {}\n\n"
    )
    assert.strictEqual(topicEvents({ _tag: "alive" }), ": alive\n\n")
    assert.match(topicEvents({ _tag: "bye" }), /^event: bye\ndata: .+\n\n$/)
  })
})
