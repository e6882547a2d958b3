import { Cause, Clock, Effect, Exit, Layer, Option } from "effect"
import type { IncomingMessage, ServerResponse } from "node:http"
import { accessProblem } from "../../../layers/http/accessProblems.ts"
import { Authentication } from "../../../layers/http/Authentication.ts"
import { unmatched } from "../../../layers/http/problem.ts"
import { RawHandler } from "../../../layers/http/RawHandler.ts"
import { askForBody, makeRawPipeline, type RawAnswer, type RawRequest } from "../../../layers/http/rawPipeline.ts"
import { pathOf, targetFault } from "../../../layers/http/requestTarget.ts"
import type { BatchId } from "../../../layers/queue/EventQueue.ts"
import { offerExemplar } from "../../../layers/telemetry/exemplars.ts"
import { keyForm, keyHeader } from "../../../src/api/shared/Idempotency.ts"
import { permits } from "../../../src/domain/Role.ts"
import { makeArrivalTraces } from "../arrivalTrace.ts"
import { DecodeTurns, peerAddress } from "../decoding.ts"
import type { EncodedBatch } from "../encodeBatch.ts"
import { IngestBatcher } from "../IngestBatcher.ts"
import { IngestorSettings } from "../IngestorSettings.ts"
import * as metrics from "../metrics.ts"
import { chunkOverhead, WaitingBodies } from "./BodyBudget.ts"
import { bodyHash } from "./bodyHash.ts"
import { makeCertificateLogin } from "./certificateLogin.ts"
import { makeIngestHandler } from "./IngestHandler.ts"
import * as responses from "./responses.ts"
import { type BodyRefused, encodingOf, makeUnpacker } from "./unpack.ts"

/** `/api/v2/ingest` and the names that MUTT 2 documented and had. */
export const ingestPaths = ["/api/v2/ingest", "/api/v1/ingest", "/ingest"] as const

const paths: ReadonlySet<string> = new Set(ingestPaths)
const allowed = ["HEAD", "GET", "POST", "PUT", "OPTIONS"]

/** What the end of the program grants the requests under way. */
const drainTime = "10 seconds"

/**
 * Answers every request at the ingest paths, on Node's own objects: on Effect's server a small one costs about twice as
 * much. 200 is sent only after each record of a request is in the queue or in quarantine.
 */
export const IngestEndpoint = Layer.effectDiscard(Effect.gen(function*() {
  const raw = yield* RawHandler
  const authentication = yield* Authentication
  const bodies = yield* WaitingBodies
  const batcher = yield* IngestBatcher
  const turn = yield* DecodeTurns
  const clock = yield* Clock.Clock
  const { maxBodyBytes, maxUnpacking } = yield* IngestorSettings
  const count = yield* metrics.counting
  const handler = yield* makeIngestHandler
  const http = yield* makeRawPipeline
  const byCertificate = yield* makeCertificateLogin
  const unpack = makeUnpacker(maxBodyBytes, maxUnpacking)
  const traces = yield* makeArrivalTraces
  let open = 0

  const bodyRefused = (reason: BodyRefused["reason"]): RawAnswer =>
    handler.refuse(reason, reason === "too_large" ? responses.bodyTooLarge(maxBodyBytes) : responses.overloaded)

  /** Reads, decodes and stores a body. Its sender has been let in. */
  const ingest = (request: RawRequest, sender: string): void => {
    const { correlationId, headers, message, response } = request
    const trace = traces.ofRequest(request, sender)
    request.span = trace?.ingest
    const key = headers[keyHeader]
    if (key !== undefined && !keyForm.test(key)) {
      return void http.answer(request, handler.refuse("key_refused", responses.keyMalformed))
    }
    const promised = Number(headers["content-length"] ?? 0)
    if (promised > maxBodyBytes) return void http.answer(request, bodyRefused("too_large"))
    const account = bodies.open(sender)
    if (!account.fits(promised)) return void http.answer(request, bodyRefused("overloaded"))
    const poster = peerAddress(message.socket.remoteAddress)
    const chunks: Array<Buffer> = []
    let length = 0
    let settled = false
    /** What to do when the client goes away. */
    let abort = () => count(metrics.requests.aborted, 1)
    open++

    const settle = (): boolean => {
      if (settled) return false
      account.release()
      open--
      // The connection remembers its last request, which shall keep neither a body nor its events alive.
      chunks.length = 0
      abort = nothing
      return settled = true
    }
    const refuse = (reason: BodyRefused["reason"]): void => {
      if (settle()) http.answer(request, bodyRefused(reason))
    }
    const answer = (answer: RawAnswer): void => {
      if (!settle()) return
      const seconds = http.answer(request, answer)
      count(metrics.latency, seconds)
      const { span } = request
      if (span !== undefined) offerExemplar(metrics.latency, seconds, span.traceId, clock.currentTimeMillisUnsafe())
    }
    const fail = (cause: Cause.Cause<unknown>): void => {
      settle()
      http.answerDefect(request, cause)
    }
    const attempt = (act: () => void): void => {
      try {
        act()
      } catch (defect) {
        fail(Cause.die(defect))
      }
    }
    /** Goes on once the effect is done, unless the client goes away before. */
    const after = <A>(effect: Effect.Effect<A, BodyRefused>, next: (value: A) => void): void => {
      const fiber = http.fork(request, effect)
      const before = abort
      abort = () => {
        fiber.interruptUnsafe()
        before()
      }
      fiber.addObserver((exit) => {
        if (settled) return
        if (Exit.isSuccess(exit)) return attempt(() => next(exit.value))
        const refused = Cause.findErrorOption(exit.cause)
        if (Option.isSome(refused)) refuse(refused.value.reason)
        else fail(exit.cause)
      })
    }
    const submit = (encoded: EncodedBatch): void => {
      const early = handler.early(encoded, correlationId)
      if (early !== undefined) return answer(early)
      trace?.submitted(encoded.batch.events.length)
      abort = batcher.offer(encoded.batch, (exit) => {
        trace?.appended(exit)
        answer(handler.answer(encoded, correlationId, exit))
      })
    }
    const decode = (body: ReadonlyArray<Uint8Array>): void => {
      const steps = handler.decode(body, headers, { correlationId, sender, poster, traceparent: trace?.traceparent })
      begin(key === undefined ? steps : withId(steps, body, sender, key))
    }
    const begin = (steps: Generator<void, EncodedBatch>): void => {
      const done = turn.begin(steps, clock)
      if (done === undefined) after(turn.rest(steps), submit)
      else submit(done.value)
    }

    askForBody(request)
    message.on("data", (chunk: Buffer) => {
      if (settled) return
      length += chunk.length
      if (length > maxBodyBytes) return refuse("too_large")
      if (!account.charge(chunk.length + chunkOverhead)) return refuse("overloaded")
      chunks.push(chunk)
    })
    message.on("end", () => {
      if (settled) return
      const body = chunks.splice(0)
      const encoding = encodingOf(headers["content-encoding"])
      attempt(() =>
        encoding === undefined
          ? decode(body)
          : after(unpack(sender, Buffer.concat(body), encoding, account), (whole) => decode([whole]))
      )
    })
    response.on("close", () => {
      const left = abort
      if (!settle()) return
      left()
      request.span?.end("aborted")
    })
  }

  const identify = (request: RawRequest): void => {
    const { headers, message } = request
    const address = message.socket.remoteAddress
    const caller = authentication.known(headers, address)
    if (caller !== undefined && permits(caller.role, "ingest")) return ingest(request, caller.name)
    const login = byCertificate(headers, message.socket)
    if ("sender" in login) return ingest(request, login.sender)
    // Counts, slows down and logs who may not send.
    const required = authentication.require({ headers, peerAddress: Option.fromNullishOr(address) }, "ingest")
    http.fork(
      request,
      Effect.matchCause(required, {
        onFailure: (cause) => {
          const refused = Cause.findErrorOption(cause)
          if (Option.isNone(refused)) return http.answerDefect(request, cause)
          http.answer(request, handler.refuse("auth", accessProblem(refused.value, login.refused)))
        },
        onSuccess: ({ name }) => ingest(request, name)
      })
    )
  }

  const handle = (message: IncomingMessage, response: ServerResponse): boolean => {
    const { method = "", url = "" } = message
    const path = paths.has(url) ? url : pathOf(url) ?? ""
    // A target that may mean another one to a proxy is refused as everywhere.
    if (!paths.has(path) || (path !== url && targetFault(url) !== undefined)) return false
    if (method === "POST" || method === "PUT") identify(http.begin(message, response, path, path))
    else if (method === "GET" || method === "HEAD") {
      http.answer(http.begin(message, response, path, path), responses.howTo)
    } else http.answer(http.begin(message, response, path, "unmatched"), unmatched(method, allowed))
    return true
  }

  yield* Effect.acquireRelease(
    Effect.sync(() => void (raw.handle = handle)),
    () =>
      Effect.sync(() => void (raw.handle = undefined)).pipe(
        Effect.andThen(Effect.sleep("10 millis").pipe(Effect.repeat({ while: () => open > 0 }))),
        Effect.timeoutOption(drainTime)
      )
  )
}))

/**
 * Decodes a body that its sender may send again, by the id that its key makes. No key has a line break, so the name of
 * the sender can't be taken for a part of it. It stands outside of a request: a generator function of each request
 * would cost a third of the single events.
 */
function* withId(
  steps: Generator<void, EncodedBatch>,
  body: ReadonlyArray<Uint8Array>,
  sender: string,
  key: string
): Generator<void, EncodedBatch> {
  const named: BatchId = { id: `${sender}\n${key}`, content: yield* bodyHash(body) }
  const encoded = yield* steps
  return { ...encoded, batch: { ...encoded.batch, named } }
}

const nothing = () => {}
