import { Context, type Effect, Schema } from "effect"
import type { HttpServerRequest } from "effect/http"
import type { BodyAccount } from "./BodyBudget.ts"

/**
 * The body was not read. `too_large`: beyond the limit, as sent or unpacked. `overloaded`: its sender holds as many bytes as it may now.
 * `aborted`: the client went away.
 */
export class BodyRefused extends Schema.TaggedError<BodyRefused>()("BodyRefused", {
  reason: Schema.Literals(["too_large", "overloaded", "aborted"])
}) {}

/** Reads request bodies, bounded one by one, by sender, and together. */
export class BodyReader extends Context.Service<BodyReader, {
  /** The body's bytes, unpacked; they count as waiting until `use` is done. */
  readonly read: <A, E, R>(
    request: HttpServerRequest.HttpServerRequest,
    sender: string,
    use: (body: Uint8Array) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | BodyRefused, R>
  /** Where one who reads a body himself charges what has arrived; `undefined` when so many bytes would not be taken now. */
  readonly open: (sender: string, bytes: number) => BodyAccount | undefined
  /** Bytes that are read and not done with. */
  readonly waiting: () => number
}>()("mutt/services/ingestor/http/BodyReader") {}
