import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Context, Effect, Layer, Metric, Queue } from "effect"
import { FetchHttpClient, HttpServer } from "effect/http"
import { RawHandler } from "../../../layers/http/RawHandler.ts"
import { makeServer } from "../../../layers/http/Server.ts"
import { type AppendResult, type EventBatch, EventQueue } from "../../../layers/queue/EventQueue.ts"
import { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { IngestorSettings, type IngestorValues } from "../../../services/ingestor/IngestorSettings.ts"
import { Program } from "../../../services/ingestor/Program.ts"
import type { Event, Quarantined } from "../../../src/domain/Event.ts"
import { world } from "../../layers/http/harness.ts"
import { DecodeReportMemory } from "../../layers/queue/DecodeReportMemory.ts"

type Mood = "accepts" | "full" | "share" | "overShare" | "limited" | "conflict" | "unreplicated" | "unavailable"

/** A queue that a test commands. What it stores can be waited for. */
export class CommandedQueue extends Context.Service<CommandedQueue, {
  mood: Mood
  /** Each call and the batches it carried. */
  readonly calls: Array<ReadonlyArray<EventBatch>>
  readonly stored: Queue.Queue<Event>
  readonly quarantined: Queue.Queue<Quarantined>
  /** One element for each call, as it begins. */
  readonly asked: Queue.Queue<Mood>
  /** Runs before each call is answered. */
  gate: Effect.Effect<void>
}>()("mutt/test/services/ingestor/CommandedQueue") {
  static readonly layer = Layer.effect(
    CommandedQueue,
    Effect.gen(function*() {
      return CommandedQueue.of({
        mood: "accepts",
        calls: [],
        stored: yield* Queue.unbounded<Event>(),
        quarantined: yield* Queue.unbounded<Quarantined>(),
        asked: yield* Queue.unbounded<Mood>(),
        gate: Effect.void
      })
    })
  )
}

export const EventQueueCommanded = Layer.effect(
  EventQueue,
  Effect.gen(function*() {
    const commanded = yield* CommandedQueue
    let depth = 0
    const answer = ({ events, quarantined }: EventBatch): AppendResult => {
      if (commanded.mood === "full") return { _tag: "full", depth, limit: "events" }
      if (commanded.mood === "share") return { _tag: "full", depth, limit: "share" }
      if (commanded.mood === "overShare") return { _tag: "accepted", depth, overShare: [0] }
      if (commanded.mood === "conflict") return { _tag: "conflict" }
      if (commanded.mood === "limited") return { _tag: "limited", retryAfterMs: 1_500 }
      depth += events.length
      for (const text of events) Queue.offerUnsafe(commanded.stored, JSON.parse(text))
      for (const { text } of quarantined) Queue.offerUnsafe(commanded.quarantined, JSON.parse(text))
      return { _tag: "accepted", depth }
    }
    return EventQueue.of({
      append: Effect.fnUntraced(function*(eventBatches) {
        commanded.calls.push(eventBatches)
        Queue.offerUnsafe(commanded.asked, commanded.mood)
        yield* commanded.gate
        if (commanded.mood === "unavailable") {
          return yield* new QueueUnavailable({ operation: "append", detail: "test" })
        }
        if (commanded.mood === "unreplicated") {
          const outcome = "unknown"
          return yield* new QueueUnavailable({ operation: "append", detail: "test", outcome, unreplicated: true })
        }
        return eventBatches.map(answer)
      }),
      room: ({ sender }) =>
        commanded.mood === "unavailable"
          ? new QueueUnavailable({ operation: "room", detail: "reply: OOM command not allowed" })
          : Effect.succeed(
            commanded.mood === "full" ? "events" : commanded.mood === "share" && sender !== "" ? "share" : undefined
          ),
      read: () => Effect.succeed([]),
      reclaim: () => Effect.succeed([]),
      acknowledge: () => Effect.die("not used"),
      backlog: Effect.sync(() => ({ depth, bytes: 0, oldestMs: 0 }))
    })
  })
)

export const RedisUp = Layer.mock(Redis, {
  command: () => Effect.succeed("PONG"),
  durabilityProblems: () => Effect.succeed([]),
  nodeStates: Effect.succeed([]),
  status: Effect.succeed({ connected: true, slot: "CURRENT" as const, fingerprint: "", refused: false, detail: "" })
})

export const settingsOf = (over: Partial<IngestorValues> = {}) =>
  Layer.succeed(IngestorSettings, {
    maxBodyBytes: 1_048_576,
    maxRecords: 2_000,
    maxExpansion: 8,
    maxWaitingBytes: 4_194_304,
    maxUnpacking: 4,
    reusePort: false,
    syslogHost: "127.0.0.1",
    syslogUdpPort: 0,
    syslogTcpPort: 0,
    syslogTlsPort: 0,
    syslogTlsCertFile: undefined,
    syslogTlsKeyFile: undefined,
    syslogTlsClientCaFile: undefined,
    syslogTlsClientAuth: undefined,
    syslogTlsHandshakeSeconds: 15,
    clientSenders: undefined,
    udpReceiveBuffer: 1_048_576,
    udpHoldBytes: 1_048_576,
    tcpMaxConnections: 10,
    tcpMaxPerPeer: 10,
    tcpFirstByteSeconds: 0,
    tcpFrameSeconds: 0,
    tcpMaxFrame: 1_024,
    tcpIdleSeconds: 0,
    redisPersistence: "required",
    ingestDurability: "local",
    ingestDurabilityTimeoutMs: 2_000,
    fallbackCharset: "windows-1252",
    trapNamesPath: undefined,
    ...over
  })

/** Requests that the ingest endpoint has begun to answer. */
export class IngestRequests extends Context.Service<IngestRequests, { count: number }>()(
  "mutt/test/services/ingestor/IngestRequests"
) {}

/** A server on a free port that asks the endpoint first and counts what it answers, with a client aimed at it. */
const Server = Layer.unwrap(Effect.sync(() => {
  const requests = { count: 0 }
  let handle: RawHandler["handle"]
  const raw: RawHandler = {
    get handle() {
      return handle
    },
    set handle(next) {
      handle = next && ((request, response) => {
        const answered = next(request, response)
        if (answered) requests.count++
        return answered
      })
    }
  }
  return HttpServer.layerTestClient.pipe(
    Layer.provide(FetchHttpClient.layer),
    Layer.provideMerge(NodeHttpServer.layer(() => makeServer(1_000, raw), { port: 0 })),
    Layer.merge(Layer.succeed(RawHandler, raw)),
    Layer.merge(Layer.succeed(IngestRequests, requests))
  )
}))

/** The ingestor's HTTP side on a free port, with a client aimed at it, over a commanded queue. */
export const Ingestor = (over: Partial<IngestorValues> = {}) =>
  Program(Layer.empty).pipe(
    Layer.provide(EventQueueCommanded),
    Layer.provideMerge(CommandedQueue.layer),
    Layer.provideMerge(DecodeReportMemory),
    Layer.provide(settingsOf(over)),
    Layer.provide(RedisUp),
    Layer.provide(world("ingestor")),
    Layer.provideMerge(Server),
    Layer.provide(Layer.sync(Metric.MetricRegistry, () => new Map()))
  )
