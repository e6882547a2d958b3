import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Context, Effect, Layer, Metric, Queue } from "effect"
import { FetchHttpClient, HttpServer } from "effect/http"
import { DirectDoor, makeServer } from "../../../layers/http/Server.ts"
import { DecodeReportMemory } from "../../../layers/queue/DecodeReportMemory.ts"
import { type AppendResult, type EventBatch, EventQueue } from "../../../layers/queue/EventQueue.ts"
import { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { BodyReaderNode } from "../../../services/ingestor/http/BodyReaderNode.ts"
import { DirectIngest } from "../../../services/ingestor/http/DirectIngest.ts"
import { IngestorSettings, type IngestorValues } from "../../../services/ingestor/IngestorSettings.ts"
import { Program } from "../../../services/ingestor/Program.ts"
import type { Event, Quarantined } from "../../../src/domain/Event.ts"
import { world } from "../../layers/http/world.ts"

type Mood = "accepts" | "full" | "share" | "overShare" | "limited" | "unavailable"

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

const RedisUp = Layer.mock(Redis, {
  command: () => Effect.succeed("PONG"),
  durabilityProblems: () => Effect.succeed([]),
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
    udpReceiveBuffer: 1_048_576,
    udpHoldBytes: 1_048_576,
    tcpMaxConnections: 10,
    tcpMaxPerPeer: 10,
    tcpFirstByteSeconds: 0,
    tcpFrameSeconds: 0,
    tcpMaxFrame: 1_024,
    tcpIdleSeconds: 0,
    redisPersistence: "required",
    fallbackCharset: "windows-1252",
    trapNamesPath: undefined,
    ...over
  })

/** How often the direct door answered. */
export class DirectAnswers extends Context.Service<DirectAnswers, { count: number }>()(
  "mutt/test/services/ingestor/DirectAnswers"
) {}

/** A server with a door for direct answers on a free port, with a client aimed at it. The door is watched. */
const ServerWithDoor = Layer.unwrap(Effect.sync(() => {
  const answers = { count: 0 }
  let handler: DirectDoor["handler"]
  const door: DirectDoor = {
    get handler() {
      return handler
    },
    set handler(next) {
      handler = next && ((request, response) => {
        const answered = next(request, response)
        if (answered) answers.count++
        return answered
      })
    }
  }
  return HttpServer.layerTestClient.pipe(
    Layer.provide(FetchHttpClient.layer),
    Layer.provideMerge(NodeHttpServer.layer(() => makeServer(1_000, door), { port: 0 })),
    Layer.merge(Layer.succeed(DirectDoor, door)),
    Layer.merge(Layer.succeed(DirectAnswers, answers))
  )
}))

const ServerWithoutDoor = NodeHttpServer.layerTest.pipe(Layer.merge(Layer.succeed(DirectAnswers, { count: 0 })))

/** The ingestor's HTTP side on a free port, with a client aimed at it, over a commanded queue. */
export const Ingestor = (over: Partial<IngestorValues> = {}, door: "routes" | "direct" = "routes") =>
  Program(door === "direct" ? DirectIngest : Layer.empty).pipe(
    Layer.provide(BodyReaderNode),
    Layer.provide(EventQueueCommanded),
    Layer.provideMerge(CommandedQueue.layer),
    Layer.provideMerge(DecodeReportMemory),
    Layer.provide(settingsOf(over)),
    Layer.provide(RedisUp),
    Layer.provide(world("ingestor")),
    Layer.provideMerge(door === "direct" ? ServerWithDoor : ServerWithoutDoor),
    Layer.provide(Layer.sync(Metric.MetricRegistry, () => new Map()))
  )
