import { ByteSize, Context, Effect, Latch, Layer, Metric } from "effect"
import { HttpIncomingMessage, HttpRouter, HttpServer, HttpServerResponse } from "effect/http"
import type { Program } from "../../src/domain/Settings.ts"
import { DynamicConfig } from "../config/DynamicConfig.ts"
import { LogLevelFollowsConfig } from "../config/LogLevelFollowsConfig.ts"
import { TraceRatioFollowsConfig } from "../config/TraceRatioFollowsConfig.ts"
import { Environment } from "../environment/Environment.ts"
import { Secrets } from "../secret/Secrets.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { ProcessMetrics } from "../telemetry/processMetrics.ts"
import { adminConfig } from "./adminConfig.ts"
import { Drain } from "./Drain.ts"
import { type Check, secretsCheck, settingsCheck } from "./HealthCheck.ts"
import { buildInfo, configAgeSeconds, configStale, configVersion, secretsAgeSeconds, secretsStale } from "./metrics.ts"
import { metricsAnswer } from "./metricsRoute.ts"
import { ownUrl } from "./ownUrl.ts"
import { makeProbes } from "./probes.ts"
import { unmatched } from "./problem.ts"
import { type OwnReport, reportProcess } from "./reportProcess.ts"
import { defaultHeaders, requestPipeline, type RequestPipelineOptions } from "./requestPipeline.ts"
import { makeIndexedRouter } from "./routeIndex.ts"
import { Stopping } from "./Stopping.ts"
import { vaultLoginChecks } from "./vaultLoginCheck.ts"

interface ProgramOptions<A, E, R, EC, RC> {
  readonly program: Program
  /** One sentence, for `GET /`. */
  readonly description: string
  /** Method and path → what it does, for `GET /`. Common ones are added. */
  readonly endpoints: Readonly<Record<string, string>>
  /** What this program depends on, beside secrets and settings: `Effect.all([redisCheck, postgresCheck])`. */
  readonly checks: Effect.Effect<ReadonlyArray<Check>, EC, RC>
  /** The program's own routes: `HttpRouter.add`, `HttpRouter.use`, `HttpApiBuilder.layer`, merged. */
  readonly routes: Layer.Layer<A, E, R>
  /** Refresh gauges before each scrape of `/metrics`. A failure leaves out that gauge alone. */
  readonly collect?: ReadonlyArray<Effect.Effect<void, unknown>> | undefined
  /** What is told of this process in the list of all that run. */
  readonly report?: OwnReport | undefined
  /** Further standing headers of every answer. Names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Further ones that depend on the request. */
  readonly headersFor?: RequestPipelineOptions["headersFor"]
  /** Bytes a request's body may have; 1 MiB when absent. */
  readonly maxBodyBytes?: number | undefined
  /** The program serves `/` itself, as a page, and `ProgramIndex` to who asks for JSON. */
  readonly ownRoot?: boolean | undefined
}

/** What `GET /` answers: what a program is, and its endpoints. */
export class ProgramIndex extends Context.Service<ProgramIndex, Effect.Effect<HttpServerResponse.HttpServerResponse>>()(
  "mutt/layers/http/ProgramIndex"
) {}

const serviceName = (program: Program): string => program === "web-ui" ? "mutt-webui" : `mutt-${program}`

const titles: Readonly<Record<Program, string>> = {
  ingestor: "MUTT Ingestor Service",
  alerter: "MUTT Alerter Service",
  "moog-forwarder": "MUTT Moog Forwarder Service",
  "web-ui": "MUTT Web UI Service"
}

const common = {
  "GET /healthz": "alive",
  "GET /readyz": "able to work: each thing this program stands on, with state and age",
  "GET /health": "alive and able to work, in the shape of MUTT 2",
  "GET /metrics": "metrics, as Prometheus text or OpenMetrics",
  "GET /admin/config": "settings in force (any key)"
}

/**
 * Serves a program: its routes and what every program answers, all through `requestPipeline`.
 *
 * ```ts
 * // services/ingestor/Program.ts
 * export const Program = serveProgram({
 *   program: "ingestor",
 *   description: "Takes events in.",
 *   endpoints: { "POST /api/v2/ingest": "events" },
 *   checks: Effect.all([redisCheck]),
 *   routes: IngestEndpoint
 * })
 * // services/ingestor/main.ts
 * runProgram("ingestor", Program.pipe(Layer.provide(ServerLayer()), Layer.provide(TelemetryLayer("ingestor")), …))
 * ```
 *
 * In a route: `yield* CorrelationId` (always set), `yield* authentication.identify(request)`, `problem({ … })` to refuse.
 * Failures of `Authentication` and of `src/api/shared/Problems.ts` are answered; any other is a logged 500.
 */
export const serveProgram = <A, E, R, EC, RC>(options: ProgramOptions<A, E, R, EC, RC>) =>
  Layer.unwrap(Effect.gen(function*() {
    const { index, router } = yield* makeIndexedRouter
    const fixed = yield* Environment
    const settings = yield* DynamicConfig
    let draining = false
    const stopping = Latch.makeUnsafe()

    const about = HttpServerResponse.jsonUnsafe({
      service: titles[options.program],
      name: serviceName(options.program),
      version: fixed.version,
      description: options.description,
      endpoints: { ...options.endpoints, ...common }
    })
    const app = options.routes.pipe(
      Layer.provideMerge(CommonRoutes(options, () => draining)),
      Layer.provide(Layer.succeed(ProgramIndex, Effect.succeed(about))),
      Layer.provide(Layer.succeed(Stopping, stopping.await)),
      Layer.provideMerge(Layer.succeed(HttpRouter.HttpRouter, router))
    )
    const handler = yield* HttpRouter.toHttpEffect(app)
    yield* Metric.update(
      Metric.withAttributes(buildInfo, { service: `mutt-${options.program}`, version: fixed.version }),
      1
    )
    const guarded = requestPipeline({
      headers: { ...defaultHeaders, ...options.headers },
      headersFor: options.headersFor,
      configVersion: () => settings.snapshot().version,
      unmatched: ({ method, url }) => unmatched(method, index.methodsOf(url))
    })(handler)

    const serving = Effect.gen(function*() {
      yield* HttpServer.serveEffect(guarded)
      // Added after the server's own finalizer, so it runs before: the state is known before the port closes.
      yield* Effect.addFinalizer(() => Effect.andThen(Effect.sync(() => void (draining = true)), stopping.open))
      const { drainMs = 0 } = fixed.http
      if (drainMs > 0) {
        const begin = Effect.andThen(
          Effect.sync(() => void (draining = true)),
          Effect.logInfo("Draining: not ready any more, requests are still served.")
        )
        const wait = begin.pipe(
          Effect.annotateLogs({ seconds: drainMs / 1_000 }),
          Effect.andThen(Effect.sleep(drainMs))
        )
        ;(yield* Drain).wait = Effect.provideContext(wait, yield* Effect.context<never>())
      }
    })
    return Layer.effectDiscard(serving).pipe(
      Layer.provide(Layer.succeed(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(options.maxBodyBytes ?? 1_048_576))),
      Layer.merge(LogLevelFollowsConfig),
      Layer.merge(TraceRatioFollowsConfig),
      HttpServer.withLogAddress
    )
  }))

const CommonRoutes = <A, E, R, EC, RC>(options: ProgramOptions<A, E, R, EC, RC>, draining: () => boolean) =>
  HttpRouter.use(Effect.fnUntraced(function*(router) {
    const fixed = yield* Environment
    const checks = yield* Effect.all([options.checks, secretsCheck, settingsCheck])
    const service = serviceName(options.program)
    const probes = makeProbes({
      service,
      version: fixed.version,
      instance: fixed.instance,
      checks: [...checks[0], checks[1], checks[2], ...(yield* vaultLoginChecks)],
      draining
    })
    const states = yield* stateGauges
    yield* ProcessMetrics
    const url = yield* ownUrl
    yield* reportProcess({ ...options.report, url, version: fixed.version, state: probes.state })
    const collect = Effect.forEach(
      [Effect.asVoid(probes.examine), states, ...(options.collect ?? [])],
      (gauges) => gauges.pipe(Effect.timeout("2 seconds"), droppedAt("metrics", "A gauge could not be refreshed.")),
      { concurrency: "unbounded", discard: true }
    )

    yield* router.add("GET", "/healthz", Effect.succeed(probes.healthz))
    yield* router.add("GET", "/readyz", probes.readyz)
    yield* router.add("GET", "/health", probes.health)
    yield* router.add("GET", "/admin/config", yield* adminConfig)
    yield* router.add("GET", "/metrics", Effect.andThen(collect, metricsAnswer))
    if (options.ownRoot !== true) yield* router.add("GET", "/", yield* ProgramIndex)
  }))

const stateGauges = Effect.gen(function*() {
  const config = yield* DynamicConfig
  const secrets = yield* Secrets
  return Effect.gen(function*() {
    const settings = yield* config.status
    yield* Metric.update(configVersion, settings.version)
    yield* Metric.update(configAgeSeconds, settings.ageMs / 1_000)
    yield* Metric.update(configStale, settings.stale ? 1 : 0)
    const store = yield* secrets.status
    yield* Metric.update(secretsAgeSeconds, store.ageMs / 1_000)
    yield* Metric.update(secretsStale, store.stale ? 1 : 0)
  })
})
