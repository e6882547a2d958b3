import { Context, type Effect, Schema } from "effect"
import type { HttpServerRequest } from "effect/http"

/**
 * The body was not read. `too_large`: beyond the limit, as sent or unpacked. `overloaded`: too many bytes wait already.
 * `aborted`: the client went away.
 */
export class BodyRefused extends Schema.TaggedError<BodyRefused>()("BodyRefused", {
  reason: Schema.Literals(["too_large", "overloaded", "aborted"])
}) {}

/** Reads request bodies, bounded one by one and together. */
export class RequestBody extends Context.Service<RequestBody, {
  /** The body's bytes, unpacked; they count as waiting until `use` is done. */
  readonly read: <A, E, R>(
    request: HttpServerRequest.HttpServerRequest,
    use: (body: Uint8Array) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | BodyRefused, R>
  /** Takes bytes from the budget for whoever reads a body himself; `false` when there are not so many left. */
  readonly reserve: (bytes: number) => boolean
  readonly release: (bytes: number) => void
  /** Bytes that are read and not done with. */
  readonly waiting: () => number
}>()("mutt/services/ingestor/http/RequestBody") {}
