import { Clock, Effect } from "effect"
import { HttpRouter, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { Authentication, KeyRefused, RoleRefused } from "../../../layers/http/Authentication.ts"
import type { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { CorrelationId } from "../../../layers/telemetry/CorrelationId.ts"
import { type BodyHeaders, decodeBody } from "../../../src/decode/body.ts"
import { permits } from "../../../src/domain/Role.ts"
import { makeArrivals } from "../Arrivals.ts"
import { IngestorSettings } from "../IngestorSettings.ts"
import { Intake } from "../Intake.ts"
import * as metrics from "../metrics.ts"
import { countStored, pack, type Packed } from "../parcel.ts"
import * as answers from "./answers.ts"
import { RequestBody } from "./RequestBody.ts"

type Response = HttpServerResponse.HttpServerResponse

/** `/api/v2/ingest` and the names that MUTT 2 documented and had. */
export const ingestPaths = ["/api/v2/ingest", "/api/v1/ingest", "/ingest"] as const

/**
 * The intake. A raw route, since what a body is cannot be declared and must not cost: `src/api/ingestor` describes it.
 * Answers 200 only after every record of the request is in the queue or in quarantine.
 */
export const IngestRoutes = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const authentication = yield* Authentication
  const intake = yield* Intake
  const bodies = yield* RequestBody
  const config = yield* DynamicConfig
  const { maxBodyBytes, maxRecords } = yield* IngestorSettings
  const arrivals = yield* makeArrivals
  const count = yield* metrics.counting
  const clock = yield* Clock.Clock

  const fail = (reason: metrics.RequestOutcome, answer: Response): Response => {
    count(metrics.requests[reason], 1)
    return answer
  }

  const decode = (text: string, headers: BodyHeaders, sender: string, correlationId: string) =>
    pack(decodeBody(text, headers, arrivals({ correlationId, sender, source: "http" }), maxRecords), sender)

  const store = (packed: Packed, correlationId: string): Effect.Effect<Response, QueueUnavailable> => {
    const accepted = packed.parcel.events.length
    const quarantined = packed.parcel.quarantined.length
    if (accepted + quarantined > maxRecords) {
      return Effect.succeed(fail("too_large", answers.tooManyRecords(maxRecords)))
    }
    if (accepted + quarantined === 0) {
      count(metrics.requests[""], 1)
      return Effect.succeed(answers.queued(correlationId, 0, 0, intake.depth()))
    }
    return Effect.map(intake.submit(packed.parcel), (receipt) => {
      if (receipt._tag === "full") {
        return fail("queue_full", answers.queueFull(receipt, config.snapshot().values.max_ingest_queue_size))
      }
      if (receipt._tag === "limited") return fail("rate_limit", answers.rateLimited(receipt))
      count(metrics.requests[""], 1)
      countStored(packed, count)
      return answers.queued(correlationId, accepted, quarantined, receipt.depth)
    })
  }

  const ingest = Effect.gen(function*() {
    const started = clock.monotonicTimeNanosUnsafe()
    const request = yield* HttpServerRequest.HttpServerRequest
    const caller = authentication.identify(request.headers)
    if (caller === undefined || !permits(caller.role, "ingest")) {
      count(metrics.requests.auth, 1)
      return yield* (caller === undefined
        ? new KeyRefused()
        : new RoleRefused({ caller: caller.name, needs: "ingest" }))
    }
    const correlationId = (yield* CorrelationId) ?? ""
    const response = yield* bodies.read(
      request,
      (text) => store(decode(text, request.headers, caller.name, correlationId), correlationId)
    )
    count(metrics.latency, Number(clock.monotonicTimeNanosUnsafe() - started) / 1e9)
    return response
  }).pipe(Effect.catchTags({
    BodyRefused: ({ reason }) =>
      Effect.succeed(fail(reason, reason === "too_large" ? answers.bodyTooLarge(maxBodyBytes) : answers.overloaded)),
    QueueUnavailable: () => Effect.succeed(fail("redis", answers.queueUnavailable))
  }))

  for (const path of ingestPaths) {
    yield* router.add("POST", path, ingest)
    yield* router.add("PUT", path, ingest)
    yield* router.add("GET", path, Effect.succeed(answers.howTo))
  }
}))
