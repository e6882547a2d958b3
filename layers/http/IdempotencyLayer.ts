import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Context, Effect, Layer, Result } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { CurrentCaller } from "../../src/api/shared/Access.ts"
import { IdempotencyConflict, Idempotent, InSteps, keyForm, keyHeader } from "../../src/api/shared/Idempotency.ts"
import { Invalid, Unavailable } from "../../src/api/shared/Problems.ts"
import { Operation, PendingAnswer } from "../idempotency/afterCommit.ts"
import { type KeptAnswer, type KeyedRequest, KeyedRequestFailed, KeyedRequests } from "../idempotency/KeyedRequests.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { problem, unavailableAs } from "./problem.ts"
import { pathOf } from "./requestTarget.ts"

type Response = HttpServerResponse.HttpServerResponse

/** Makes each write with an `Idempotency-Key` one change, however often it is sent. */
export const IdempotencyLayer = Layer.effect(
  Idempotent,
  Effect.gen(function*() {
    const keyed = yield* KeyedRequests

    /** In one transaction. What has to wait for its commit is done then, and joins the answer. */
    const whole = <E, R>(request: KeyedRequest, handler: Effect.Effect<Response, E, R>) =>
      Effect.gen(function*() {
        const pending: PendingAnswer = { after: [], etag: null }
        const change = Effect.map(handler, (response) => answerOf(response, pending.etag))
        const given = yield* keyed.whole(request, Effect.provideService(change, PendingAnswer, pending))
        if (given.replayed || pending.after.length === 0) return given
        const parts = yield* Effect.all(pending.after)
        const body = withParts(given.answer.body, parts)
        if (body === given.answer.body) return given
        const answer = { ...given.answer, body }
        yield* keyed.amend(request, answer).pipe(
          droppedAt(
            "idempotency.amend",
            "The fuller answer to a change could not be kept; one that was kept before is."
          )
        )
        return { answer, replayed: false }
      })

    const inSteps = <E, R>(request: KeyedRequest, handler: Effect.Effect<Response, E, R>) =>
      keyed.inSteps(
        request,
        (operation) =>
          Effect.map(Effect.provideService(handler, Operation, operation), (response) => answerOf(response, null)),
        (error) => !(error instanceof Unavailable) || error.outcome === "unchanged"
      )

    return Idempotent.of((handler, { endpoint, group }) =>
      Effect.gen(function*() {
        const request = yield* HttpServerRequest.HttpServerRequest
        const key = request.headers[keyHeader]
        if (key === undefined) return yield* handler
        if (!keyForm.test(key)) return yield* wrongKey
        const text = yield* Effect.result(request.text)
        // The handler refuses a body that cannot be read.
        if (Result.isFailure(text)) return yield* handler
        const asked: KeyedRequest = {
          caller: (yield* CurrentCaller).name,
          key,
          method: request.method,
          path: pathOf(request.url) ?? request.url,
          bodyHash: bytesToHex(sha256(utf8ToBytes(text.success)))
        }
        const stepwise = Context.get(endpoint.annotations, InSteps) || Context.get(group.annotations, InSteps)
        const given = yield* Effect.result(stepwise ? inSteps(asked, handler) : whole(asked, handler))
        if (Result.isSuccess(given)) return responseOf(given.success.answer, given.success.replayed)
        const error = given.failure
        if (!(error instanceof KeyedRequestFailed)) return yield* Effect.fail(error)
        return error.reason === "underWay" ? underWay : yield* refused(error)
      })
    )
  })
)

const refused = ({ detail, outcome, reason }: KeyedRequestFailed) =>
  reason === "keyReused"
    ? Effect.fail(new IdempotencyConflict({ detail: "This Idempotency-Key was used for another request." }))
    : Effect.andThen(
      Effect.annotateLogs(Effect.logWarning("A request with an Idempotency-Key could not be kept."), {
        detail,
        outcome
      }),
      Effect.fail(unavailableAs("database", outcome))
    )

const underWay = problem({
  status: 409,
  _tag: "RequestUnderWay",
  detail: "The first request with this Idempotency-Key is still under way. Ask again in a moment.",
  headers: { "retry-after": "1" }
})

const wrongKey = Effect.suspend(() => {
  const message = "must be 1 to 128 printable ASCII characters"
  return Effect.fail(
    new Invalid({ detail: `Idempotency-Key ${message}`, errors: [{ field: "Idempotency-Key", message }] })
  )
})

const answerOf = ({ body, status }: Response, etag: string | null): KeptAnswer => ({
  status,
  etag,
  body: body._tag === "Uint8Array" ? body.text ?? new TextDecoder().decode(body.body) : ""
})

const responseOf = ({ body, etag, status }: KeptAnswer, replayed: boolean): Response =>
  HttpServerResponse.text(body, {
    status,
    contentType: "application/json",
    headers: { ...(replayed ? { "idempotency-replayed": "true" } : {}), ...(etag === null ? {} : { etag }) }
  })

/** The body, an object, with members that became known after the commit. */
const withParts = (text: string, parts: ReadonlyArray<object>): string => {
  const body: unknown = JSON.parse(text)
  return typeof body === "object" && body !== null ? JSON.stringify(Object.assign({}, body, ...parts)) : text
}
