import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Metric, Queue, Scope } from "effect"
import { TestClock } from "effect/testing"
import { DecodeReport } from "../../../../layers/queue/DecodeReport.ts"
import { DecodeReporterLayer } from "../../../../services/ingestor/DecodeReporter.ts"
import { IngestBatcherLayer } from "../../../../services/ingestor/IngestBatcher.ts"
import { dropped, partial, received } from "../../../../services/ingestor/metrics.ts"
import { type BufferedRecord, makeSyslogBuffer } from "../../../../services/ingestor/syslog/SyslogBuffer.ts"
import { DynamicConfigFixed } from "../../../layers/http/harness.ts"
import { DecodeReportMemory } from "../../../layers/queue/DecodeReportMemory.ts"
import { CommandedQueue, EventQueueCommanded } from "../harness.ts"

const Fresh = Layer.merge(IngestBatcherLayer, DecodeReporterLayer).pipe(
  Layer.provideMerge(DecodeReportMemory),
  Layer.provide(EventQueueCommanded),
  Layer.provideMerge(CommandedQueue.layer),
  Layer.provide(DynamicConfigFixed),
  Layer.provideMerge(Layer.sync(Metric.MetricRegistry, () => new Map()))
)

const message = (id: number) => ({ text: JSON.stringify({ id: `e${id}` }), source: "syslog" as const })
const size = message(1).text.length
const hold = makeSyslogBuffer({ sender: "syslog/udp", maxBytes: 3 * size, drainMs: 5_000, received: received.udp })
const from = (peer: string, offer: (peer: string, record: BufferedRecord) => void) => (record: BufferedRecord) =>
  offer(peer, record)
const counted = (metric: Metric.Counter<number>) => Effect.map(Metric.value(metric), ({ count }) => count)

it.effect("hands on what comes, in order", () =>
  Effect.gen(function*() {
    const { stored } = yield* CommandedQueue
    const offer = from("192.0.2.1", yield* hold)
    for (const id of [1, 2, 3]) offer(message(id))
    assert.deepStrictEqual((yield* Queue.takeN(stored, 3)).map(({ id }) => id), ["e1", "e2", "e3"])
  }).pipe(Effect.provide(Fresh)))

it.effect("keeps what comes while the queue takes none, drops and counts what is beyond its bound, and hands on the rest", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    const offer = from("192.0.2.1", yield* hold)
    for (const [id, mood] of [[1, "full"], [2, "unavailable"], [3, "limited"]] as const) {
      queue.mood = mood
      offer(message(id))
      yield* Queue.take(queue.asked)
      yield* TestClock.adjust("2 seconds")
    }
    for (const id of [4, 5]) offer(message(id))
    yield* TestClock.adjust("1 second")
    assert.strictEqual(yield* counted(dropped.held), 2)
    assert.strictEqual(yield* counted(received.udp), 5)
    queue.mood = "accepts"
    yield* TestClock.adjust("2 seconds")
    assert.deepStrictEqual((yield* Queue.takeN(queue.stored, 3)).map(({ id }) => id), ["e1", "e2", "e3"])
    offer(message(6))
    assert.deepStrictEqual((yield* Queue.takeN(queue.stored, 1)).map(({ id }) => id), ["e6"])
  }).pipe(Effect.provide(Fresh)))

it.effect("keeps the messages of others when one peer floods it while the queue takes none, and hands them on in turn", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    queue.mood = "full"
    const offer = yield* makeSyslogBuffer({
      sender: "syslog/udp",
      maxBytes: 1_000 * size,
      drainMs: 5_000,
      received: received.udp
    })
    const of = (peer: string, id: number) =>
      offer(peer, { text: JSON.stringify({ id: `${peer}${id}` }), source: "syslog" })
    for (let id = 0; id < 10_000; id++) of("f", id)
    yield* Queue.take(queue.asked)
    for (let id = 0; id < 10; id++) of("a", id)
    for (let id = 0; id < 10_000; id++) of("f", id)
    for (let id = 0; id < 10; id++) of("b", id)
    yield* TestClock.adjust("1 second")
    const lost = yield* counted(dropped.held)
    queue.mood = "accepts"
    yield* TestClock.adjust("2 seconds")
    const stored = yield* Queue.clear(queue.stored)
    assert.strictEqual(stored.length + lost, 20_020)
    for (const peer of ["a", "b"]) {
      const own = stored.map(({ id }) => id).filter((id) => id.startsWith(peer))
      assert.deepStrictEqual(own, Array.from({ length: 10 }, (_, id) => `${peer}${id}`))
    }
  }).pipe(Effect.provide(Fresh)))

it.effect("counts and reports what was misread once it is stored, and holds its text until then", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    const report = yield* DecodeReport
    const uptime = partial.get("uptime") ?? assert.fail("no such series")
    const misread = { hostname: "sw1", peer: "192.0.2.1", what: ["uptime"], at: 0, raw: "x".repeat(size) } as const
    yield* TestClock.adjust("1 second")
    queue.mood = "full"
    const offer = from("192.0.2.1", yield* hold)
    for (const id of [1, 2]) offer({ ...message(id), misread })
    yield* Queue.take(queue.asked)
    yield* TestClock.adjust("6 seconds")
    assert.deepStrictEqual([yield* counted(uptime), yield* counted(dropped.held)], [0, 1])
    assert.deepStrictEqual(yield* report.hosts, [])
    queue.mood = "accepts"
    yield* TestClock.adjust("6 seconds")
    assert.strictEqual(yield* counted(uptime), 1)
    assert.deepStrictEqual((yield* report.hosts).map(({ counts, hostname }) => [hostname, counts]), [
      ["sw1", { uptime: 1 }]
    ])
  }).pipe(Effect.provide(Fresh)))

it.effect("ends only after what it holds is stored", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    const gate = yield* Deferred.make<void>()
    queue.gate = Deferred.await(gate)
    const scope = yield* Scope.make()
    const offer = from("192.0.2.1", yield* Scope.provide(hold, scope))
    offer(message(1))
    yield* Queue.take(queue.asked)
    offer(message(2))
    const ending = yield* Effect.forkChild(Scope.close(scope, yield* Effect.exit(Effect.void)))
    yield* Deferred.succeed(gate, undefined)
    yield* TestClock.adjust("1 second")
    yield* Fiber.join(ending)
    assert.deepStrictEqual((yield* Queue.takeN(queue.stored, 2)).map(({ id }) => id), ["e1", "e2"])
    assert.strictEqual(yield* counted(dropped.shutdown), 0)
  }).pipe(Effect.provide(Fresh)))

it.effect("gives up in the end, and counts what is lost", () =>
  Effect.gen(function*() {
    const queue = yield* CommandedQueue
    queue.mood = "unavailable"
    const scope = yield* Scope.make()
    const offer = from("192.0.2.1", yield* Scope.provide(hold, scope))
    offer(message(1))
    offer(message(2))
    const ending = yield* Effect.forkChild(Scope.close(scope, yield* Effect.exit(Effect.void)))
    yield* TestClock.adjust("10 seconds")
    yield* Fiber.join(ending)
    assert.strictEqual(yield* counted(dropped.shutdown), 2)
  }).pipe(Effect.provide(Fresh)))
