import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { IngestBatcher, IngestBatcherLayer } from "../../../services/ingestor/IngestBatcher.ts"
import { queueCheck } from "../../../services/ingestor/queueCheck.ts"
import { DynamicConfigFixed } from "../../layers/http/harness.ts"
import { CommandedQueue, EventQueueCommanded } from "./harness.ts"

const World = IngestBatcherLayer.pipe(
  Layer.provideMerge(EventQueueCommanded),
  Layer.provideMerge(CommandedQueue.layer),
  Layer.provideMerge(DynamicConfigFixed)
)

const submit = (sender: string) =>
  IngestBatcher.use((batcher) => batcher.submit({ sender, events: ["{}"], quarantined: [] }))

const state = Effect.flatMap(queueCheck, ({ check }) => Effect.map(check, ({ detail, state }) => [state, detail]))

it.effect("is unready while the queue is full, and ready again without anybody sending", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    assert.deepStrictEqual(yield* state, ["ok", undefined])
    queue.mood = "full"
    assert.deepStrictEqual(yield* state, ["down", "the queue is full"])
    queue.mood = "accepts"
    assert.deepStrictEqual(yield* state, ["ok", undefined])
    assert.lengthOf(queue.calls, 0)
  }).pipe(Effect.provide(World)))

it.effect("is unready while Redis refuses to store, with its word for it", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    queue.mood = "unavailable"
    assert.deepStrictEqual(yield* state, ["down", "Redis is out of memory"])
    queue.mood = "accepts"
    assert.deepStrictEqual(yield* state, ["ok", undefined])
  }).pipe(Effect.provide(World)))

it.effect("stays ready for others when one key has filled its share", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    queue.mood = "share"
    yield* submit("greedy")
    assert.deepStrictEqual(yield* state, ["degraded", "a key has filled its share of the queue"])
    yield* TestClock.adjust("4 seconds")
    queue.mood = "accepts"
    yield* submit("modest")
    queue.mood = "share"
    yield* submit("greedy")
    yield* TestClock.adjust("4 seconds")
    assert.strictEqual((yield* state)[0], "degraded")
  }).pipe(Effect.provide(World)))

it.effect("is unready when for 5 seconds nothing of what is sent found room, until what was refused last would", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    queue.mood = "share"
    yield* submit("only")
    yield* TestClock.adjust("3 seconds")
    yield* submit("only")
    yield* TestClock.adjust("2 seconds")
    assert.deepStrictEqual(yield* state, ["down", "a key has filled its share of the queue"])
    queue.mood = "accepts"
    assert.deepStrictEqual(yield* state, ["ok", undefined])
  }).pipe(Effect.provide(World)))
