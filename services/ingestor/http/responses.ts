import { HttpServerResponse } from "effect/http"
import { problem } from "../../../layers/http/problem.ts"
import type { AppendResult, FullBy } from "../../../layers/queue/EventQueue.ts"

type Response = HttpServerResponse.HttpServerResponse

/**
 * Answers have few statuses, as shippers know few: most drop a batch on 4xx, some retry for ever, one stops at any 2xx
 * above 205. So 200 for stored or quarantined, 503 with `Retry-After` for later, 413 for never.
 */
export const queued = (
  correlationId: string,
  accepted: number,
  quarantined: number,
  depth: number,
  overShare = 0
): string =>
  `{"status":"queued","correlation_id":"${correlationId}","accepted":${accepted},"quarantined":${quarantined},${
    overShare === 0 ? "" : `"over_share":${overShare},`
  }"queue_depth":${depth}}`

const later = (
  _tag: string,
  seconds: number,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {}
): Response =>
  problem({
    status: 503,
    _tag,
    detail,
    headers: { "retry-after": String(seconds) },
    extra: { ...extra, retry_after: seconds }
  })

const fullWords: Readonly<Record<FullBy, string>> = {
  events: "The queue is full.",
  bytes: "The queue is full: it holds as many bytes as it may.",
  share: "This key has filled its share of the queue."
}

export const queueFull = ({ depth, limit }: Extract<AppendResult, { _tag: "full" }>, queueLimit: number): Response =>
  later("QueueFull", 5, `${fullWords[limit]} Nothing of this request was stored; send it again.`, {
    queue_depth: depth,
    queue_limit: queueLimit,
    full_by: limit
  })

export const rateLimited = ({ retryAfterMs }: Extract<AppendResult, { _tag: "limited" }>): Response =>
  later(
    "RateLimited",
    Math.max(1, Math.ceil(retryAfterMs / 1_000)),
    "This key sends more than ingest_max_rate allows. Nothing of this request was stored; send it again."
  )

export const queueUnavailable: Response = later(
  "QueueUnavailable",
  2,
  "The queue does not answer. Send this request again."
)

export const notReplicated: Response = later(
  "QueueUnavailable",
  2,
  "Not enough replicas of the queue have confirmed this request in time, so it may be stored or not. Send it again; "
    + "with an Idempotency-Key it is stored once."
)

export const keyReused: Response = problem({
  status: 422,
  _tag: "IdempotencyConflict",
  detail: "This Idempotency-Key was used for another body. Nothing of this request was stored."
})

const keyMessage = "must be 1 to 128 printable ASCII characters"
export const keyMalformed: Response = problem({
  status: 422,
  _tag: "Invalid",
  detail: `Idempotency-Key ${keyMessage}`,
  extra: { errors: [{ field: "Idempotency-Key", message: keyMessage }] }
})

export const overloaded: Response = later(
  "Overloaded",
  1,
  "As many bytes of this key are under way here as it may have now. Nothing of this request was stored; send it again."
)

export const bodyTooLarge = (maxBodyBytes: number): Response =>
  problem({
    status: 413,
    _tag: "BodyTooLarge",
    detail: `A request may hold ${maxBodyBytes} bytes, unpacked.`,
    extra: { max_bytes: maxBodyBytes }
  })

export const tooManyRecords = (maxRecords: number): Response =>
  problem({
    status: 413,
    _tag: "BodyTooLarge",
    detail: `A request may hold ${maxRecords} records.`,
    extra: { max_records: maxRecords }
  })

/** For shippers that probe before they send (omhttp's `checkpath`), and people with a browser. */
export const howTo: Response = HttpServerResponse.jsonUnsafe({ status: "ok", detail: "Events are posted here." })
