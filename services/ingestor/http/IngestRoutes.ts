import { Clock, Effect } from "effect"
import { HttpRouter, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { Authentication, KeyRefused, RoleRefused } from "../../../layers/http/Authentication.ts"
import { CorrelationId } from "../../../layers/telemetry/CorrelationId.ts"
import { decodeBody } from "../../../src/decode/body.ts"
import { permits } from "../../../src/domain/Role.ts"
import { makeArrivals } from "../Arrivals.ts"
import { IngestorSettings } from "../IngestorSettings.ts"
import { Intake } from "../Intake.ts"
import * as metrics from "../metrics.ts"
import { countStored, parcelOf } from "../parcel.ts"
import * as answers from "./answers.ts"
import { RequestBody } from "./RequestBody.ts"

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

  const fail = (reason: metrics.RequestOutcome, answer: HttpServerResponse.HttpServerResponse) => {
    count(metrics.requests[reason], 1)
    return answer
  }

  const take = Effect.fnUntraced(function*(
    text: string,
    request: HttpServerRequest.HttpServerRequest,
    sender: string,
    correlationId: string
  ) {
    const decoded = decodeBody(text, request.headers, arrivals({ correlationId, sender, source: "http" }), maxRecords)
    const { events, quarantined } = decoded
    if (events.length + quarantined.length > maxRecords) return fail("too_large", answers.tooManyRecords(maxRecords))
    if (events.length + quarantined.length === 0) {
      count(metrics.requests[""], 1)
      return answers.queued(correlationId, 0, 0, intake.depth())
    }
    const receipt = yield* intake.submit(parcelOf(decoded, sender))
    if (receipt._tag === "full") {
      return fail("queue_full", answers.queueFull(receipt, config.snapshot().values.max_ingest_queue_size))
    }
    if (receipt._tag === "limited") return fail("rate_limit", answers.rateLimited(receipt))
    count(metrics.requests[""], 1)
    countStored(decoded, count)
    return answers.queued(correlationId, events.length, quarantined.length, receipt.depth)
  })

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
    const response = yield* bodies.read(request, (text) => take(text, request, caller.name, correlationId))
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
