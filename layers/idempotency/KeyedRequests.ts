import { Context, type Effect, Schema } from "effect"
import { ChangeOutcome } from "../../src/domain/Change.ts"

/** The same key came with another request. */
export class KeyReused extends Schema.TaggedError<KeyReused>()("KeyReused", {}) {}

/** The first request with this key has not ended. */
export class StillUnderWay extends Schema.TaggedError<StillUnderWay>()("StillUnderWay", {}) {}

/** The requests cannot be read or kept. */
export class KeyedRequestsUnavailable
  extends Schema.TaggedError<KeyedRequestsUnavailable>()("KeyedRequestsUnavailable", {
    detail: Schema.String,
    outcome: ChangeOutcome
  })
{}

export type KeyedFailure = KeyReused | StillUnderWay | KeyedRequestsUnavailable

/** A request that changes something. Caller and key name it; the rest tells it from another one. */
export interface KeyedRequest {
  readonly caller: string
  readonly key: string
  readonly method: string
  readonly path: string
  /** SHA-256 of the body, in hexadecimal digits. */
  readonly bodyHash: string
}

export interface KeptAnswer {
  readonly status: number
  readonly etag: string | null
  readonly body: string
}

export interface Given {
  readonly answer: KeptAnswer
  /** It is the answer to an earlier request. */
  readonly replayed: boolean
}

/** Requests with an `Idempotency-Key`, and what was answered. Kept for a day. What fails is not kept: it changed nothing, and is tried anew. */
export class KeyedRequests extends Context.Service<KeyedRequests, {
  /** Makes the change and keeps its answer, both in one transaction, which is the one that `change` writes in. */
  readonly whole: <E, R>(
    request: KeyedRequest,
    change: Effect.Effect<KeptAnswer, E, R>
  ) => Effect.Effect<Given, E | KeyedFailure, R>
  /**
   * For a change that is no single transaction: the request is kept before it begins, the answer after it. When the end of one is unknown,
   * the next one is told the same `operation`. `isCertain`: after this error nothing was changed.
   */
  readonly inSteps: <E, R>(
    request: KeyedRequest,
    change: (operation: string) => Effect.Effect<KeptAnswer, E, R>,
    isCertain: (error: E) => boolean
  ) => Effect.Effect<Given, E | KeyedFailure, R>
  /** Keeps a fuller answer to a change that is made. */
  readonly amend: (request: KeyedRequest, answer: KeptAnswer) => Effect.Effect<void, KeyedRequestsUnavailable>
}>()("mutt/layers/idempotency/KeyedRequests") {}

export const isSame = (one: KeyedRequest, other: KeyedRequest): boolean =>
  one.method === other.method && one.path === other.path && one.bodyHash === other.bodyHash
