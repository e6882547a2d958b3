import { Effect, Option, Schema } from "effect"
import { HttpClientRequest, type HttpClientResponse } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"
import { ChangeOutcome } from "../../domain/Change.ts"
import { Idempotent, keyHeader } from "./Idempotency.ts"

export interface IdempotentClientOptions {
  /** Makes a unique key. */
  readonly newKey: Effect.Effect<string>
  /** Runs before a change is sent again because its outcome is unknown. */
  readonly onUnknown: Effect.Effect<void>
}

/** Sends a key with each write of a typed client, and the write again when its outcome is unknown. */
export const idempotentClient = ({ newKey, onUnknown }: IdempotentClientOptions) =>
  HttpApiMiddleware.layerClient(
    Idempotent,
    Effect.fnUntraced(function*({ next, request }) {
      const key = yield* newKey
      const keyed = HttpClientRequest.setHeader(request, keyHeader, key)
      const first = yield* next(keyed)
      if (!(yield* isUnknown(first))) return first
      yield* onUnknown
      yield* Effect.sleep(`${waitSeconds(first)} seconds`)
      return yield* next(keyed)
    })
  )

const decodeOutcome = Schema.decodeUnknownOption(Schema.Struct({ outcome: ChangeOutcome }))

const isUnknown = (response: HttpClientResponse.HttpClientResponse) =>
  response.status === 503
    ? Effect.map(
      Effect.option(response.json),
      (body) => Option.exists(Option.flatMap(body, decodeOutcome), ({ outcome }) => outcome === "unknown")
    )
    : Effect.succeed(false)

/** As long as the server says, but 10 seconds at most: a person waits. */
const waitSeconds = ({ headers }: HttpClientResponse.HttpClientResponse): number => {
  const asked = Number(headers["retry-after"] ?? "1")
  return Number.isFinite(asked) ? Math.min(Math.max(asked, 0), 10) : 1
}
