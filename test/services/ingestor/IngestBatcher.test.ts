import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Logger, Metric, Queue, References } from "effect"
import { TestClock } from "effect/testing"
import { type CallId, type EventBatch, EventQueue } from "../../../layers/queue/EventQueue.ts"
import { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { IngestBatcher, IngestBatcherLayer } from "../../../services/ingestor/IngestBatcher.ts"
import { overShare, quarantined as kept, rateLimitHits, unreplicated } from "../../../services/ingestor/metrics.ts"
import type { QuarantineReason } from "../../../src/domain/Event.ts"
import { DynamicConfigFixed } from "../../layers/http/harness.ts"
import { CommandedQueue, EventQueueCommanded } from "./harness.ts"

const World = IngestBatcherLayer.pipe(
  Layer.provide(EventQueueCommanded),
  Layer.provideMerge(CommandedQueue.layer),
  Layer.provide(DynamicConfigFixed)
)

const eventBatch = (sender: string, events = 1) => ({
  sender,
  events: Array.from({ length: events }, (_, i) => JSON.stringify({ id: `${sender}-${i}` })),
  quarantined: []
})

const submit = (sender: string, events?: number) =>
  IngestBatcher.use((batcher) => batcher.submit(eventBatch(sender, events)))

it.effect("carries what is submitted in one turn by one call, and answers each with its own receipt", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    const receipts = yield* Effect.forEach(["a", "b", "c"], (sender) => submit(sender, 2), { concurrency: "unbounded" })
    assert.deepStrictEqual(queue.calls.map((eventBatches) => eventBatches.map(({ sender }) => sender)), [[
      "a",
      "b",
      "c"
    ]])
    assert.deepStrictEqual(receipts, [
      { _tag: "accepted", depth: 2 },
      { _tag: "accepted", depth: 4 },
      { _tag: "accepted", depth: 6 }
    ])
  }).pipe(Effect.provide(World)))

it.effect("counts refused records by reason, kept or over their share, and says whose were not kept", () => {
  const append = (eventBatches: ReadonlyArray<EventBatch>) =>
    Effect.succeed(eventBatches.map(() => ({ _tag: "accepted" as const, depth: 0, overShare: [1, 2] })))
  const lines: Array<unknown> = []
  const counted = (of: typeof overShare, reason: QuarantineReason) =>
    Effect.map(Metric.value(of.get(reason) ?? rateLimitHits), ({ count }) => count)
  return Effect.gen(function*() {
    const { submit } = yield* IngestBatcher
    const record = (reason: QuarantineReason) => ({ text: "{}", reason, peer: "192.0.2.1" })
    const quarantined = [record("not_json"), record("not_json"), record("not_syslog")]
    yield* submit({ sender: "syslog/udp", events: [], quarantined })
    assert.deepStrictEqual(
      [
        yield* counted(kept, "not_json"),
        yield* counted(overShare, "not_json"),
        yield* counted(overShare, "not_syslog")
      ],
      [1, 1, 1]
    )
    yield* submit({ sender: "syslog/udp", events: [], quarantined })
    yield* TestClock.adjust("10 seconds")
    yield* TestClock.adjust("10 seconds")
    assert.deepStrictEqual(lines, [{ records: 4, sender: "syslog/udp", peer: "192.0.2.1", reason: "not_json" }])
  }).pipe(Effect.provide(
    IngestBatcherLayer.pipe(
      Layer.provide([DynamicConfigFixed, Layer.mock(EventQueue, { append })]),
      Layer.provideMerge(Layer.sync(Metric.MetricRegistry, () => new Map())),
      Layer.provideMerge(
        Logger.layer([Logger.make(({ fiber }) => void lines.push(fiber.getRef(References.CurrentLogAnnotations)))])
      )
    )
  ))
})

it.effect("has two calls under way and gathers the rest meanwhile", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    const gate = yield* Deferred.make<void>()
    queue.gate = Deferred.await(gate)
    const fibers = []
    for (const sender of ["a", "b"]) {
      fibers.push(yield* Effect.forkChild(submit(sender)))
      yield* Queue.take(queue.asked)
    }
    for (const sender of ["c", "d", "e"]) fibers.push(yield* Effect.forkChild(submit(sender)))
    yield* Effect.yieldNow
    assert.strictEqual(queue.calls.length, 2)
    yield* Deferred.succeed(gate, undefined)
    yield* Fiber.joinAll(fibers)
    assert.deepStrictEqual(queue.calls.map((eventBatches) => eventBatches.map(({ sender }) => sender)), [["a"], ["b"], [
      "c",
      "d",
      "e"
    ]])
  }).pipe(Effect.provide(World)))

it.effect("sends what is large at once, up to three calls, and gathers the rest meanwhile", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    const batcher = yield* IngestBatcher
    const gate = yield* Deferred.make<void>()
    queue.gate = Deferred.await(gate)
    const answers: Array<string> = []
    const senders = () => queue.calls.map((eventBatches) => eventBatches.map(({ sender }) => sender))
    const offer = (sender: string) => void batcher.offer(eventBatch(sender, 500), () => answers.push(sender))
    offer("a")
    assert.deepStrictEqual(senders(), [["a"]])
    for (const sender of ["b", "c", "d", "e", "f", "g", "h"]) offer(sender)
    assert.deepStrictEqual(senders(), [["a"], ["b"], ["c"]])
    yield* Deferred.succeed(gate, undefined)
    while (answers.length < 8) yield* Effect.yieldNow
    assert.deepStrictEqual(senders().slice(3), [["d", "e", "f", "g"], ["h"]])
  }).pipe(Effect.provide(World)))

it.effect("splits what is more than one call should carry, never a batch", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    yield* Effect.forEach(["a", "b", "c"], (sender) => submit(sender, 3_000), { concurrency: "unbounded" })
    yield* submit("d", 9_000)
    assert.deepStrictEqual(
      queue.calls.map((eventBatches) => eventBatches.map(({ sender }) => sender)),
      [["a"], ["b"], ["c"], ["d"]]
    )
  }).pipe(Effect.provide(World)))

it.effect("tells every batch of a call that failed", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    queue.mood = "unavailable"
    const exits = yield* Effect.forEach(["a", "b"], (sender) => Effect.flip(submit(sender)), {
      concurrency: "unbounded"
    })
    assert.deepStrictEqual(exits.map(({ _tag }) => _tag), ["QueueUnavailable", "QueueUnavailable"])
    queue.mood = "accepts"
    assert.strictEqual((yield* submit("c"))._tag, "accepted")
  }).pipe(Effect.provide(World)))

/** A queue that gives these answers in turn, and the ids of the calls it had. */
const answering = (answers: ReadonlyArray<QueueUnavailable | undefined>) => {
  const asked: Array<CallId | undefined> = []
  const append: EventQueue["Service"]["append"] = (eventBatches, _limits, call) => {
    const answer = answers[asked.push(call) - 1]
    return answer ?? Effect.succeed(eventBatches.map(() => ({ _tag: "accepted" as const, depth: 1 })))
  }
  const layer = IngestBatcherLayer.pipe(
    Layer.provide([DynamicConfigFixed, Layer.mock(EventQueue, { append })]),
    Layer.provideMerge(Layer.sync(Metric.MetricRegistry, () => new Map()))
  )
  return { asked, layer }
}
const lost = new QueueUnavailable({ operation: "append", detail: "timeout", outcome: "unknown" })

it.live("sends a call whose answer was lost again with its id, until it is answered", () => {
  const { asked, layer } = answering([lost, lost])
  return Effect.gen(function*() {
    assert.strictEqual((yield* submit("a"))._tag, "accepted")
    assert.strictEqual((yield* submit("b"))._tag, "accepted")
    assert.lengthOf(asked, 4)
    assert.deepStrictEqual(asked.slice(1, 3), [asked[0], asked[0]])
    assert.isAbove(asked[3]?.turn ?? 0, asked[0]?.turn ?? 0)
  }).pipe(Effect.provide(layer))
})

it.effect("sends it again too when a try between found no server: the one that takes over may have the call", () => {
  const nobody = new QueueUnavailable({ operation: "append", detail: "unavailable", outcome: "unchanged" })
  const { asked, layer } = answering([lost, nobody, nobody])
  const nobodyEver = answering([lost, ...Array.from({ length: 1_000 }, () => nobody)])
  const given = (wanted: typeof layer) =>
    Effect.gen(function*() {
      const given = yield* Effect.forkChild(Effect.result(submit("a")))
      for (let step = 0; step < 20; step++) yield* TestClock.adjust("500 millis")
      return yield* Fiber.join(given)
    }).pipe(Effect.provide(wanted))
  return Effect.gen(function*() {
    assert.strictEqual((yield* given(layer))._tag, "Success")
    assert.deepStrictEqual(asked, Array.from({ length: 4 }, () => asked[0]))
    const failed = yield* given(nobodyEver.layer)
    assert.strictEqual(failed._tag === "Failure" && failed.failure.outcome, "unknown")
  })
})

it.effect("gives up on a call whose answer is lost for eight seconds, and on one that failed for certain at once", () => {
  const certain = new QueueUnavailable({ operation: "append", detail: "reply: OOM", outcome: "unchanged" })
  const { asked, layer } = answering([certain, ...Array.from({ length: 1_000 }, () => lost)])
  return Effect.gen(function*() {
    assert.strictEqual((yield* Effect.flip(submit("a"))).detail, "reply: OOM")
    assert.lengthOf(asked, 1)
    const given = yield* Effect.forkChild(Effect.flip(submit("a")))
    for (let step = 0; step < 20; step++) yield* TestClock.adjust("500 millis")
    assert.strictEqual((yield* Fiber.join(given)).outcome, "unknown")
  }).pipe(Effect.provide(layer))
})

it.effect("does not send again what replicas did not confirm, and counts it", () => {
  const lag = new QueueUnavailable({ operation: "append", detail: "", outcome: "unknown", unreplicated: true })
  const { asked, layer } = answering([lag])
  return Effect.gen(function*() {
    assert.isTrue((yield* Effect.flip(submit("a"))).unreplicated)
    assert.lengthOf(asked, 1)
    assert.strictEqual((yield* Metric.value(unreplicated)).count, 1)
    assert.isUndefined((yield* IngestBatcher).batchId())
  }).pipe(Effect.provide(layer))
})

it.effect("leaves out what nobody waits for any more", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    const gate = yield* Deferred.make<void>()
    queue.gate = Deferred.await(gate)
    const busy = [yield* Effect.forkChild(submit("a"))]
    yield* Queue.take(queue.asked)
    busy.push(yield* Effect.forkChild(submit("b")))
    yield* Queue.take(queue.asked)
    const left = yield* Effect.forkChild(submit("left"))
    busy.push(yield* Effect.forkChild(submit("c")))
    yield* Effect.yieldNow
    yield* Fiber.interrupt(left)
    yield* Deferred.succeed(gate, undefined)
    yield* Fiber.joinAll(busy)
    assert.deepStrictEqual(queue.calls.flat().map(({ sender }) => sender), ["a", "b", "c"])
  }).pipe(Effect.provide(World)))

it.effect("ends after what has left is answered, and refuses what has not", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    const gate = yield* Deferred.make<void>()
    queue.gate = Deferred.await(gate)
    const running = yield* Deferred.make<IngestBatcher["Service"]>()
    const program = yield* IngestBatcher.pipe(
      Effect.flatMap((batcher) => Deferred.succeed(running, batcher)),
      Effect.andThen(Effect.never),
      Effect.provide(IngestBatcherLayer.pipe(
        Layer.provide(EventQueueCommanded),
        Layer.provide(Layer.succeed(CommandedQueue, queue)),
        Layer.provide(DynamicConfigFixed)
      )),
      Effect.forkChild
    )
    const batcher = yield* Deferred.await(running)
    const left = yield* Effect.forkChild(batcher.submit(eventBatch("left")))
    yield* Queue.take(queue.asked)
    const second = yield* Effect.forkChild(batcher.submit(eventBatch("second")))
    yield* Queue.take(queue.asked)
    const late = yield* Effect.forkChild(Effect.flip(batcher.submit(eventBatch("late"))))
    yield* Effect.yieldNow
    const ending = yield* Effect.forkChild(Fiber.interrupt(program))
    yield* Effect.yieldNow
    yield* Deferred.succeed(gate, undefined)
    yield* Fiber.join(ending)
    assert.strictEqual((yield* Fiber.join(left))._tag, "accepted")
    assert.strictEqual((yield* Fiber.join(second))._tag, "accepted")
    assert.strictEqual((yield* Fiber.join(late))._tag, "QueueUnavailable")
    assert.strictEqual((yield* Effect.flip(batcher.submit(eventBatch("later"))))._tag, "QueueUnavailable")
  }).pipe(Effect.provide(CommandedQueue.layer)))
