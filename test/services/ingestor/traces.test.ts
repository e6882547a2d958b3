import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer, Queue } from "effect"
import { HttpBody, HttpClient, HttpClientRequest } from "effect/http"
import { createSocket } from "node:dgram"
import { connect } from "node:net"
import { DecodeReporter } from "../../../services/ingestor/DecodeReporter.ts"
import { IngestBatcherLayer } from "../../../services/ingestor/IngestBatcher.ts"
import { parseTraceparent } from "../../../src/logic/traceparent.ts"
import { DynamicConfigFixed, staticOf } from "../../layers/http/harness.ts"
import { recordingTracing } from "../../layers/telemetry/recordingTracing.ts"
import { until } from "../../support/eventually.ts"
import { CommandedQueue, EventQueueCommanded, Ingestor } from "./harness.ts"
import { host, tcp, udp } from "./listeners.ts"

const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
const sender = "00f067aa0ba902b7"
const told = { traceparent: `00-${trace}-${sender}-01` }

const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  HttpClient.execute(
    HttpClientRequest.post("/api/v2/ingest").pipe(
      HttpClientRequest.setHeaders({ "x-api-key": "ingest-key-of-tests", ...headers }),
      HttpClientRequest.setBody(HttpBody.uint8Array(new TextEncoder().encode(JSON.stringify(body)), "application/json"))
    )
  ).pipe(
    Effect.flatMap((response) => Effect.as(response.text, response.status)),
    // Its own header would take the place of ours.
    Effect.provideService(HttpClient.TracerPropagationEnabled, false)
  )
const stored = (count: number) => CommandedQueue.use(({ stored }) => Queue.takeN(stored, count))
const events = (count: number) => Array.from({ length: count }, (_, at) => ({ hostname: `sw${at}`, message: "m" }))

const asked = recordingTracing("parentbased_traceidratio", 0)

layer(Ingestor().pipe(Layer.provide(asked.layer)), { excludeTestServices: true })("a request", (it) => {
  it.effect("whose sender's trace is told has two spans, and its events the place of the second", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* post(events(3), told), 200)
      const [event, ...others] = yield* stored(3)
      const [append, ingest] = asked.spans.splice(0)
      assert.deepStrictEqual([append?.name, append?.kind, append?.parentSpanId], [
        "queue append",
        "producer",
        ingest?.spanId
      ])
      assert.deepStrictEqual([ingest?.name, ingest?.kind, ingest?.parentSpanId], ["ingest", "server", sender])
      assert.deepInclude(append?.attributes, { "messaging.batch.message_count": 3, "messaging.system": "redis" })
      assert.deepInclude(ingest?.attributes, {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "client.address": "127.0.0.1",
        "mutt.sender": "collector"
      })
      assert.deepStrictEqual(parseTraceparent(event?.traceparent), {
        traceId: trace,
        spanId: append?.spanId ?? "",
        sampled: true
      })
      assert.isTrue(others.every(({ traceparent }) => traceparent === event?.traceparent))
    }))

  it.effect("leaves nothing behind that is not told, malformed, or not let in", () =>
    Effect.gen(function*() {
      for (const traceparent of [`00-${trace}-${sender}-00`, "nonsense", `00-${"0".repeat(32)}-${sender}-01`]) {
        assert.strictEqual(yield* post(events(1), { traceparent }), 200)
      }
      assert.strictEqual(yield* post(events(1)), 200)
      assert.isTrue((yield* stored(4)).every((event) => !("traceparent" in event)))
      assert.strictEqual(yield* post(events(1), { ...told, "x-api-key": "nobody's" }), 401)
      assert.deepStrictEqual(asked.spans, [])
    }))

  it.effect("that is refused says why in few words", () =>
    Effect.gen(function*() {
      const queue = yield* CommandedQueue
      queue.mood = "unavailable"
      assert.strictEqual(yield* post(events(1), told), 503)
      queue.mood = "limited"
      assert.strictEqual(yield* post(events(1), told), 503)
      queue.mood = "accepts"
      assert.strictEqual(yield* post(events(1), { ...told, "idempotency-key": " " }), 422)
      assert.deepStrictEqual(asked.spans.splice(0).map(({ failure, name }) => [name, failure]), [
        ["queue append", "QueueUnavailable"],
        ["ingest", "503"],
        ["queue append", "limited"],
        ["ingest", "503"],
        ["ingest", undefined]
      ])
    }))

  it.effect("is taken or refused whether it is told or not", () =>
    Effect.gen(function*() {
      // Of a body that becomes eight times as large only a part is taken.
      const body = { hostname: "sw", message: "x".repeat(2_000) }
      const count = CommandedQueue.use(({ calls }) =>
        Effect.sync(() => calls.at(-1)?.map(({ events, quarantined }) => [events.length, quarantined.length]))
      )
      yield* post([body, body], told)
      const first = yield* count
      yield* post([body, body])
      assert.deepStrictEqual(yield* count, first)
      yield* stored(4)
    }))
})

const Listeners = IngestBatcherLayer.pipe(
  Layer.merge(Layer.succeed(DecodeReporter, { note: () => {}, add: () => {} })),
  Layer.provide(EventQueueCommanded),
  Layer.provideMerge(CommandedQueue.layer),
  Layer.provideMerge(DynamicConfigFixed),
  Layer.provideMerge(staticOf("ingestor"))
)

describe("a syslog message", () => {
  for (const transport of ["udp", "tcp"] as const) {
    it.live(`over ${transport} that is told has two spans and carries the place of the second`, () => {
      const each = recordingTracing("always_on")
      return Effect.gen(function*() {
        const port = yield* transport === "udp" ? udp() : tcp()
        if (transport === "udp") {
          const socket = createSocket("udp4")
          for (const n of [1, 2]) socket.send(`<13>Aug 22 10:00:00 sw1 app: hello ${n}`, port, host)
          yield* Effect.addFinalizer(() => Effect.sync(() => socket.close()))
        } else {
          const socket = connect({ host, port })
          socket.end("<13>Aug 22 10:00:00 sw1 app: hello 1\n<13>Aug 22 10:00:00 sw1 app: hello 2\n")
        }
        const events = yield* stored(2)
        yield* until(Effect.sync(() => each.spans.length), (count) => count === 4)
        const appends = each.named("queue append")
        assert.deepStrictEqual(
          events.map(({ traceparent }) => parseTraceparent(traceparent)?.spanId).sort(),
          appends.map(({ spanId }) => spanId).sort()
        )
        const ingests = each.named("ingest")
        // Each is an arrival of its own.
        assert.lengthOf([...new Set(ingests.map(({ traceId }) => traceId))], 2)
        assert.deepInclude(ingests[0]?.attributes, { "network.transport": transport, "client.address": host })
        assert.isUndefined(ingests[0]?.parentSpanId)
      }).pipe(Effect.provide(Listeners.pipe(Layer.provideMerge(each.layer))))
    })
  }
})
