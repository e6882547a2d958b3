import { Clock, Effect, Option } from "effect"
import { HttpRouter, HttpServerRequest } from "effect/http"
import { Authentication } from "../../../layers/http/Authentication.ts"
import { CorrelationId } from "../../../layers/telemetry/CorrelationId.ts"
import { DecodeTurns } from "../DecodeTurns.ts"
import type { EncodedBatch } from "../encodeBatch.ts"
import { IngestBatcher } from "../IngestBatcher.ts"
import { IngestorSettings } from "../IngestorSettings.ts"
import * as metrics from "../metrics.ts"
import { BodyReader } from "./BodyReader.ts"
import { IngestHandler } from "./IngestHandler.ts"
import * as answers from "./responses.ts"

/** `/api/v2/ingest` and the names that MUTT 2 documented and had. */
export const ingestPaths = ["/api/v2/ingest", "/api/v1/ingest", "/ingest"] as const

/**
 * The intake. A raw route, since what a body is cannot be declared and must not cost: `src/api/ingestor` describes it.
 * Answers 200 only after every record of the request is in the queue or in quarantine.
 */
export const IngestRoutes = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const authentication = yield* Authentication
  const batcher = yield* IngestBatcher
  const bodies = yield* BodyReader
  const handler = yield* IngestHandler
  const turn = yield* DecodeTurns
  const { maxBodyBytes } = yield* IngestorSettings
  const count = yield* metrics.counting
  const clock = yield* Clock.Clock

  const store = (encoded: EncodedBatch, correlationId: string): Effect.Effect<answers.Answer> => {
    const early = handler.early(encoded, correlationId)
    return early === undefined
      ? Effect.map(Effect.exit(batcher.submit(encoded.batch)), (exit) => handler.answer(encoded, correlationId, exit))
      : Effect.succeed(early)
  }

  const ingest = Effect.gen(function*() {
    const started = clock.monotonicTimeNanosUnsafe()
    const request = yield* HttpServerRequest.HttpServerRequest
    const caller = yield* Effect.tapError(
      authentication.require(request, "ingest"),
      () => Effect.sync(() => count(metrics.requests.auth, 1))
    )
    const correlationId = (yield* CorrelationId) ?? ""
    const answer = yield* bodies.read(
      request,
      caller.name,
      (body) => {
        const poster = Option.getOrUndefined(request.remoteAddress)
        const steps = handler.decode(body, request.headers, caller.name, correlationId, poster)
        return Effect.flatMap(turn.run(steps), (encoded) => store(encoded, correlationId))
      }
    )
    count(metrics.latency, Number(clock.monotonicTimeNanosUnsafe() - started) / 1e9)
    return answer
  }).pipe(
    Effect.catchTag("BodyRefused", ({ reason }) =>
      Effect.succeed(
        handler.refuse(reason, reason === "too_large" ? answers.bodyTooLarge(maxBodyBytes) : answers.overloaded)
      )),
    Effect.map(answers.responseOf)
  )

  for (const path of ingestPaths) {
    yield* router.add("POST", path, ingest)
    yield* router.add("PUT", path, ingest)
    yield* router.add("GET", path, Effect.succeed(answers.howTo))
  }
}))
