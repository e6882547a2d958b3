import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Cause, Effect, Layer, Logger, References, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Authentication } from "../../../layers/http/Authentication.ts"
import { serveProgram } from "../../../layers/http/CommonRoutes.ts"
import type { CheckResult } from "../../../layers/http/HealthCheck.ts"
import { CorrelationId } from "../../../layers/telemetry/CorrelationId.ts"
import { LogThreshold, makeThreshold } from "../../../layers/telemetry/LogThreshold.ts"
import { Unavailable } from "../../../src/api/shared/Problems.ts"
import { world } from "./harness.ts"

/** What the checks say; a test may change it. */
export const states: Record<string, CheckResult["state"]> = { redis: "ok", postgres: "ok", cache: "ok" }
const check = (name: string, required: boolean) => ({
  name,
  required,
  check: Effect.sync((): CheckResult => ({ state: states[name] ?? "ok", ageMs: 3, detail: `${name} detail` }))
})

class Forgotten extends Schema.TaggedError<Forgotten>()("Forgotten", { secret: Schema.String }) {}

const routes = Layer.mergeAll(
  HttpRouter.add(
    "POST",
    "/echo",
    HttpServerRequest.HttpServerRequest.use((request) =>
      Effect.map(request.text, (text) => HttpServerResponse.text(text))
    )
  ),
  HttpRouter.add("GET", "/echo/:word", HttpServerResponse.text("word")),
  HttpRouter.add("GET", "/defect", Effect.die(new Error("password=hunter2"))),
  HttpRouter.add("GET", "/forgotten", Effect.fail(new Forgotten({ secret: "hunter2" }))),
  HttpRouter.add("GET", "/unavailable", Effect.fail(new Unavailable({ detail: "Later." }))),
  HttpRouter.add("GET", "/plain", HttpServerResponse.text("No such luck.", { status: 409 })),
  HttpRouter.add("GET", "/whoami", Effect.map(CorrelationId, (id) => HttpServerResponse.text(id ?? "none"))),
  HttpRouter.use(Effect.fnUntraced(function*(router) {
    const authentication = yield* Authentication
    yield* router.add(
      "GET",
      "/operators",
      Effect.gen(function*() {
        const caller = yield* authentication.require(yield* HttpServerRequest.HttpServerRequest, "operator")
        return HttpServerResponse.text(caller.name)
      })
    )
  }))
)

interface Line {
  readonly level: string
  readonly message: string
  readonly text: string
  readonly correlationId: string | undefined
}
/** Everything that was logged. */
export const lines: Array<Line> = []
const Recording = Logger.layer([
  Logger.make(({ cause, fiber, logLevel, message }) => {
    lines.push({
      level: logLevel,
      message: String(message),
      text: `${JSON.stringify(fiber.getRef(References.CurrentLogAnnotations))} ${Cause.pretty(cause)}`,
      correlationId: fiber.getRef(CorrelationId)
    })
  })
])

export const threshold = makeThreshold("info")

/** A program with routes that go right and wrong, on a free port. */
export const Running = serveProgram({
  program: "ingestor",
  description: "A program for tests.",
  endpoints: { "POST /echo": "says it again" },
  checks: Effect.succeed([check("redis", true), check("postgres", true), check("cache", false)]),
  routes,
  maxBodyBytes: 64
}).pipe(
  Layer.provide(world("ingestor")),
  Layer.provide([
    Recording,
    Layer.succeed(References.MinimumLogLevel, "Debug"),
    Layer.succeed(LogThreshold, threshold)
  ]),
  Layer.provideMerge(NodeHttpServer.layerTest)
)

export const call = Effect.fnUntraced(function*(
  method: "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "OPTIONS",
  path: string,
  headers: Record<string, string> = {},
  body?: string
) {
  let request = HttpClientRequest.setHeaders(HttpClientRequest.make(method)(path), headers)
  if (body !== undefined) request = HttpClientRequest.bodyText(request, body)
  const response = yield* HttpClient.execute(request)
  const text = yield* response.text
  const json = /json/.test(response.headers["content-type"] ?? "")
  return { status: response.status, headers: response.headers, body: json && text !== "" ? JSON.parse(text) : text }
})
