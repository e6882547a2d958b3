import { Context, type Effect, Schema } from "effect"
import { ChangeOutcome } from "../../src/domain/Change.ts"

/**
 * A request with a key was not answered by its handler, nor from what was kept.
 *
 * `keyReused`: the key came with another request before. `underWay`: the first request with it has not ended.
 * `unavailable`: what is kept cannot be read or written.
 */
export class KeyedRequestFailed extends Schema.TaggedError<KeyedRequestFailed>()("KeyedRequestFailed", {
  reason: Schema.Literals(["keyReused", "underWay", "unavailable"]),
  detail: Schema.String,
  outcome: ChangeOutcome
}) {}

/** A request that changes something. Caller and key name it; the rest tells it from another one. */
export interface KeyedRequest {
  readonly caller: string
  readonly key: string
  readonly method: string
  readonly path: string
  /** SHA-256 in hexadecimal digits. */
  readonly bodyHash: string
}

export interface KeptAnswer {
  readonly status: number
  readonly etag: string | null
  readonly body: string
}

export interface Answered {
  readonly answer: KeptAnswer
  /** It is the answer to an earlier request. */
  readonly replayed: boolean
}

/**
 * Keeps the answers to requests with an `Idempotency-Key` for a day. A failure is not kept: it changed nothing, and may
 * be tried again.
 */
export class KeyedRequests extends Context.Service<KeyedRequests, {
  /** Makes the change and keeps its answer in one transaction, which `change` writes in too. */
  readonly whole: <E, R>(
    request: KeyedRequest,
    change: Effect.Effect<KeptAnswer, E, R>
  ) => Effect.Effect<Answered, E | KeyedRequestFailed, R>
  /**
   * Makes a change that is no single transaction: keeps the request before it, and the answer after it. When nobody
   * knows how one ended, the next one gets the same `operation`. `isCertain`: after this error nothing was changed.
   */
  readonly inSteps: <E, R>(
    request: KeyedRequest,
    change: (operation: string) => Effect.Effect<KeptAnswer, E, R>,
    isCertain: (error: E) => boolean
  ) => Effect.Effect<Answered, E | KeyedRequestFailed, R>
  /** Replaces the answer to a change that is made. */
  readonly amend: (request: KeyedRequest, answer: KeptAnswer) => Effect.Effect<void, KeyedRequestFailed>
}>()("mutt/layers/idempotency/KeyedRequests") {}

export const isSame = (one: KeyedRequest, other: KeyedRequest): boolean =>
  one.method === other.method && one.path === other.path && one.bodyHash === other.bodyHash

export const refusedFor = (reason: "keyReused" | "underWay") =>
  new KeyedRequestFailed({ reason, detail: "", outcome: "unchanged" })
