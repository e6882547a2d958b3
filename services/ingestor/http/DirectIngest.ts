import { Cause, Clock, Effect, Exit, Layer } from "effect"
import type { HttpServerResponse } from "effect/http"
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http"
import { Authentication } from "../../../layers/http/Authentication.ts"
import { makeMeasure } from "../../../layers/http/measure.ts"
import { complete } from "../../../layers/http/problem.ts"
import { broken, defaultHeaders } from "../../../layers/http/requestPipeline.ts"
import { DirectDoor } from "../../../layers/http/Server.ts"
import { fillRandom } from "../../../layers/random/secureRandom.ts"
import { acceptCorrelationId } from "../../../layers/telemetry/CorrelationId.ts"
import { LogThreshold } from "../../../layers/telemetry/LogThreshold.ts"
import { permits } from "../../../src/domain/Role.ts"
import { makeUuid7 } from "../../../src/logic/uuid7.ts"
import { DecodeTurns } from "../DecodeTurns.ts"
import type { EncodedBatch } from "../encodeBatch.ts"
import { IngestBatcher } from "../IngestBatcher.ts"
import * as metrics from "../metrics.ts"
import { peerAddress } from "../syslog/peer.ts"
import { pieceOverhead } from "./BodyBudget.ts"
import { BodyReader } from "./BodyReader.ts"
import { IngestHandler } from "./IngestHandler.ts"
import { ingestPaths } from "./IngestRoutes.ts"
import { type Answer, overloaded } from "./responses.ts"

/** What the end of the program grants the requests that came in by this door. */
const drainTime = "10 seconds"

const paths: ReadonlySet<string> = new Set(ingestPaths)

/**
 * The second door of the intake, for what most requests are: a known key, a plain body of known length, a log that is not at debug. They
 * are answered on Node's own objects, at half the cost. Every other request takes the first door (`IngestRoutes`), which answers the
 * same: both share the `IngestHandler`.
 */
export const DirectIngest = Layer.effectDiscard(Effect.gen(function*() {
  const door = yield* DirectDoor
  const authentication = yield* Authentication
  const bodies = yield* BodyReader
  const batcher = yield* IngestBatcher
  const handler = yield* IngestHandler
  const turn = yield* DecodeTurns
  const threshold = yield* LogThreshold
  const clock = yield* Clock.Clock
  const context = yield* Effect.context<never>()
  const count = yield* metrics.counting
  const measure = makeMeasure()
  // A third of what a random one takes.
  const makeId = makeUuid7(fillRandom)
  const newId = () => makeId(clock.currentTimeMillisUnsafe())
  let open = 0

  const reply = (request: Started, answer: Answer) => {
    const { correlationId, path, response, started } = request
    const status = write(response, answer, correlationId)
    const seconds = Number(clock.monotonicTimeNanosUnsafe() - started) / 1e9
    count(metrics.latency, seconds)
    measure(context, "POST", path, status, seconds)
    if (status >= 500) Effect.runForkWith(context)(warn(request, status, seconds))
  }

  const handle = (message: IncomingMessage, response: ServerResponse): boolean => {
    const { headers, url } = message
    if (message.method !== "POST" || url === undefined || !paths.has(url) || threshold.allows("Debug")) return false
    const length = lengthOf(headers)
    if (length === undefined) return false
    const plain = plainHeaders(headers)
    const caller = authentication.known(plain, message.socket.remoteAddress)
    if (caller === undefined || !permits(caller.role, "ingest")) return false
    const account = bodies.open(caller.name, length)
    if (account === undefined) return false
    const correlationId = acceptCorrelationId(plain["x-correlation-id"], newId)
    const request = { correlationId, path: url, response, started: clock.monotonicTimeNanosUnsafe() }
    const poster = peerAddress(message.socket.remoteAddress)
    const chunks: Array<Buffer> = []
    let forget = () => count(metrics.requests.aborted, 1)
    let settled = false
    open++

    const settle = (): boolean => {
      if (settled) return false
      account.release()
      open--
      // The connection remembers its last request, which shall keep neither a body nor its events alive.
      chunks.length = 0
      forget = nothing
      return settled = true
    }
    const answer = (answer: Answer) => {
      if (settle()) reply(request, answer)
    }
    const end = () => {
      const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
      chunks.length = 0
      const steps = handler.decode(bytes, plain, caller.name, correlationId, poster)
      const done = turn.begin(steps, clock)
      if (done !== undefined) return submit(done.value)
      const rest = Effect.runForkWith(context)(turn.rest(steps))
      const abort = forget
      forget = () => {
        rest.interruptUnsafe()
        abort()
      }
      rest.addObserver((exit) => {
        if (settled) return
        if (Exit.isSuccess(exit)) attempt(() => submit(exit.value))
        else fail(exit.cause)
      })
    }
    const submit = (encoded: EncodedBatch) => {
      const early = handler.early(encoded, correlationId)
      if (early !== undefined) return answer(early)
      forget = batcher.offer(encoded.batch, (exit) => answer(handler.answer(encoded, correlationId, exit)))
    }

    message.on("data", (chunk: Buffer) => {
      if (settled) return
      if (account.charge(chunk.length + pieceOverhead)) return void chunks.push(chunk)
      chunks.length = 0
      answer(handler.refuse("overloaded", overloaded))
    })
    const fail = (cause: Cause.Cause<never>) => {
      answer(broken)
      Effect.runForkWith(context)(Effect.logError("A request hit a defect.", cause))
    }
    const attempt = (act: () => void) => {
      try {
        act()
      } catch (defect) {
        fail(Cause.die(defect))
      }
    }
    message.on("end", () => attempt(end))
    response.on("close", () => {
      const left = forget
      if (settle()) left()
    })
    return true
  }

  yield* Effect.acquireRelease(
    Effect.sync(() => void (door.handler = handle)),
    () =>
      Effect.sync(() => void (door.handler = undefined)).pipe(
        Effect.andThen(Effect.sleep("10 millis").pipe(Effect.repeat({ while: () => open > 0 }))),
        Effect.timeoutOption(drainTime)
      )
  )
}))

const nothing = () => {}

interface Started {
  readonly correlationId: string
  readonly path: string
  readonly response: ServerResponse
  readonly started: bigint
}

/** Of a plain body; `undefined` when it is packed, of unknown length, or waits to be asked for. */
const lengthOf = (headers: IncomingHttpHeaders): number | undefined => {
  const { "content-encoding": packing, "content-length": length, expect } = headers
  return packing === undefined && expect === undefined && length !== undefined ? Number(length) : undefined
}

/** Node makes lists of `set-cookie` alone, which no request has. */
const plainHeaders = (headers: IncomingHttpHeaders) => headers as Readonly<Record<string, string | undefined>>

/** Names and values in turn, which Node takes as they are. */
const constantHeaders = Object.entries({ "content-type": "application/json", ...defaultHeaders }).flat()

const write = (response: ServerResponse, answer: Answer, correlationId: string): number => {
  if (typeof answer === "string") {
    const headers = ["content-length", String(answer.length), "x-correlation-id", correlationId]
    response.writeHead(200, headers.concat(constantHeaders))
    // It is ASCII, and so is the head: Node has nothing to convert.
    response.end(answer, "latin1")
    return 200
  }
  const whole = complete(answer, correlationId)
  response.writeHead(whole.status, { ...whole.headers, "x-correlation-id": correlationId, ...defaultHeaders })
  response.end(textOf(whole))
  return whole.status
}

const textOf = ({ body }: HttpServerResponse.HttpServerResponse) =>
  body._tag === "Uint8Array" ? (body.text ?? body.body) : ""

const warn = ({ path }: Started, status: number, seconds: number) =>
  Effect.annotateLogs(Effect.logWarning("A request failed."), {
    method: "POST",
    path,
    route: path,
    status,
    ms: Math.round(seconds * 1e6) / 1e3
  })
