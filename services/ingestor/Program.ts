import { Effect, Layer, Metric } from "effect"
import { HttpRouter } from "effect/http"
import { OpenApi } from "effect/http-api"
import { serveProgram } from "../../layers/http/CommonRoutes.ts"
import { durabilityCheck } from "../../layers/http/durabilityCheck.ts"
import { queueFormatCheck, redisCheck } from "../../layers/http/HealthCheck.ts"
import { rightsCheck } from "../../layers/http/rightsCheck.ts"
import { staticFile } from "../../layers/http/StaticFile.ts"
import { EventQueue } from "../../layers/queue/EventQueue.ts"
import { QueueDurability } from "../../layers/queue/QueueDurability.ts"
import { IngestorApi } from "../../src/api/ingestor/Api.ts"
import { DecodeReporterLayer } from "./DecodeReporter.ts"
import { WaitingBodies, WaitingBodiesLayer } from "./http/BodyBudget.ts"
import { IngestEndpoint, ingestPaths } from "./http/IngestEndpoint.ts"
import { IngestBatcherLayer } from "./IngestBatcher.ts"
import { IngestorSettings } from "./IngestorSettings.ts"
import * as metrics from "./metrics.ts"
import { queueCheck } from "./queueCheck.ts"

const Document = HttpRouter.use((router) =>
  Effect.flatMap(
    staticFile(JSON.stringify(OpenApi.fromApi(IngestorApi)), { contentType: "application/json" }),
    (document) => router.add("GET", "/openapi.json", document)
  )
)

/** Gauges that change without a request, read at each scrape. */
const gauges = Effect.gen(function*() {
  const queue = yield* EventQueue
  const bodies = yield* WaitingBodies
  yield* metrics.beginAtZero
  return [
    Effect.flatMap(
      queue.backlog,
      ({ bytes, depth }) =>
        Effect.andThen(Metric.update(metrics.queueDepth, depth), Metric.update(metrics.queueBytes, bytes))
    ),
    Effect.suspend(() => Metric.update(metrics.waitingBytes, bodies.held))
  ]
})

const durability = Effect.gen(function*() {
  const { redisPersistence } = yield* IngestorSettings
  return yield* durabilityCheck(redisPersistence === "required", (yield* QueueDurability)?.replicas)
})

const Http = Layer.unwrap(Effect.map(gauges, (collect) =>
  serveProgram({
    program: "ingestor",
    description: "Takes events in: over HTTP, and as syslog over UDP and TCP.",
    endpoints: {
      ...Object.fromEntries(
        ingestPaths.map((path) => [`POST ${path}`, "events: an object, an array, NDJSON or syslog lines (ingest key)"])
      ),
      "GET /openapi.json": "this API, for programs"
    },
    checks: Effect.all([redisCheck, queueFormatCheck, queueCheck, durability, rightsCheck]),
    routes: Layer.mergeAll(IngestEndpoint, Document),
    collect,
    report: { work: Object.values(metrics.events) }
  })))

/**
 * The ingestor, with further listeners. It ends in order: the listeners, the HTTP server, the batcher once all is
 * stored, the report of misread hosts.
 */
export const Program = <E, R>(listeners: Layer.Layer<never, E, R>) =>
  Layer.mergeAll(Http, listeners).pipe(
    Layer.provide(IngestBatcherLayer),
    Layer.provide(DecodeReporterLayer),
    Layer.provide(WaitingBodiesLayer)
  )
