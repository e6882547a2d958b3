import { type Cause, Clock, Context, Effect, type Fiber } from "effect"
import type { HttpServerResponse } from "effect/http"
import type { IncomingMessage, ServerResponse } from "node:http"
import { setTimeout } from "node:timers"
import { makeUuid7 } from "../../src/logic/uuid7.ts"
import { DynamicConfig } from "../config/DynamicConfig.ts"
import { fillRandom } from "../random/secureRandom.ts"
import { acceptCorrelationId, CorrelationId } from "../telemetry/CorrelationId.ts"
import type { Span } from "../telemetry/Span.ts"
import { CurrentSpan } from "../telemetry/Tracing.ts"
import { makeAccessLog } from "./accessLog.ts"
import { complete } from "./problem.ts"
import { broken, defaultHeaders } from "./requestPipeline.ts"

/** A request on Node's own objects. */
export interface RawRequest {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  /** Node makes lists of `set-cookie` alone, which no request has. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly path: string
  /** As metrics and logs name it. */
  readonly route: string
  readonly correlationId: string
  /** Version of the settings as the request began. */
  readonly configVersion: number
  readonly started: bigint
  /** Has the client been asked for its body? */
  continued: boolean
  /** Ends with the answer; present where the trace of the request is told. */
  span: Span | undefined
}

/** What a request is answered: the text of a 200 in JSON as it is, everything else whole. */
export type RawAnswer = string | HttpServerResponse.HttpServerResponse

/** Bytes that are read of a body that nobody wants, so that the connection can be used again. */
const maxDrainedBytes = 262_144
/** How long a client may take to read its answer before its connection is closed. */
const closeGraceMs = 500

/** What `requestPipeline` does for routes, for requests on Node's own objects. Plain functions, for the hot path. */
export const makeRawPipeline = Effect.gen(function*() {
  const config = yield* DynamicConfig
  const clock = yield* Clock.Clock
  const context = yield* Effect.context<never>()
  const accessLog = makeAccessLog()
  // Measured: a third of what a random one takes.
  const makeId = makeUuid7(fillRandom)
  const newId = () => makeId(clock.currentTimeMillisUnsafe())

  const begin = (message: IncomingMessage, response: ServerResponse, path: string, route: string): RawRequest => {
    const headers = message.headers as RawRequest["headers"]
    return {
      message,
      response,
      headers,
      path,
      route,
      correlationId: acceptCorrelationId(headers["x-correlation-id"], newId),
      configVersion: config.snapshot().version,
      started: clock.monotonicTimeNanosUnsafe(),
      continued: headers["expect"] === undefined,
      span: undefined
    }
  }

  /** Runs an effect for the request: its log lines have the request's ids. */
  const fork = <A, E>({ correlationId, span }: RawRequest, effect: Effect.Effect<A, E>): Fiber.Fiber<A, E> => {
    const own = Context.add(context, CorrelationId, correlationId)
    return Effect.runForkWith(span === undefined ? own : Context.add(own, CurrentSpan, span))(effect)
  }

  /** Answers, measures and logs. Gives the seconds since the request's headers. */
  const answer = (request: RawRequest, answer: RawAnswer): number => {
    const status = write(request, answer)
    const { message, path, route, span, started } = request
    span?.annotate({ "http.response.status_code": status })
    span?.end(status >= 500 ? String(status) : undefined)
    const seconds = Number(clock.monotonicTimeNanosUnsafe() - started) / 1e9
    const line = accessLog(context, { method: message.method ?? "", path, route, status, seconds })
    if (line !== undefined) fork(request, line)
    return seconds
  }

  /** Logs a defect whole, and answers without details when nothing was answered before. */
  const answerDefect = (request: RawRequest, cause: Cause.Cause<unknown>): void => {
    if (!request.response.headersSent) answer(request, broken)
    request.span?.end("defect")
    fork(request, Effect.logError("A request hit a defect.", cause))
  }

  return { answer, answerDefect, begin, fork }
})

/** Asks for the body where the client waits to be asked. */
export const askForBody = (request: RawRequest): void => {
  if (!request.continued) request.response.writeContinue()
  request.continued = true
}

/** Names and values in turn, which Node takes as they are. */
const constantHeaders = Object.entries({ "content-type": "application/json", ...defaultHeaders }).flat()

const write = (request: RawRequest, answer: RawAnswer): number => {
  const { configVersion, correlationId, message, response } = request
  const version = String(configVersion)
  if (typeof answer === "string") {
    const headers = [
      "content-length",
      String(answer.length),
      "x-correlation-id",
      correlationId,
      "x-config-version",
      version
    ]
    response.writeHead(200, headers.concat(constantHeaders))
    // It is ASCII, and so is the head: Node has nothing to convert.
    response.end(answer, "latin1")
    return 200
  }
  const { body, headers, status } = answer.status < 400 ? answer : complete(answer, correlationId)
  const closes = !request.continued ||
    (!message.readableEnded && Number(request.headers["content-length"] ?? 0) > maxDrainedBytes)
  response.writeHead(status, {
    ...headers,
    "x-correlation-id": correlationId,
    "x-config-version": version,
    ...defaultHeaders,
    ...(closes ? { connection: "close" } : {})
  })
  const text = body._tag === "Uint8Array" ? (body.text ?? body.body) : ""
  if (message.readableEnded) response.end(text)
  else {
    response.write(text)
    drain(request)
  }
  return status
}

/** Reads on before it ends the answer: a client that is cut off while it sends may never read it. */
const drain = ({ continued, message, response }: RawRequest): void => {
  let bytes = 0
  const close = () => void setTimeout(() => message.socket.destroy(), closeGraceMs).unref()
  message.on("data", (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= maxDrainedBytes) return
    message.pause()
    close()
  })
  message.on("end", () => response.end())
  message.resume()
  if (!continued) close()
}
