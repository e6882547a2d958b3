import { Context, type Effect, type Option, Schema } from "effect"
import type { Caller, Role } from "../../src/domain/Role.ts"
import type { KeyUse } from "../../src/logic/KeyUses.ts"

/** No key, or one nobody has, or one that is not good from this address. */
export class KeyRefused extends Schema.TaggedError<KeyRefused>()("KeyRefused", {
  /** Why another way in, which the request has, does not count; a sentence. */
  detail: Schema.optionalKey(Schema.String)
}, { httpApiStatus: 401 }) {}
/** The same, from an address that sent too many of them. */
export class TooManyFailures extends Schema.TaggedError<TooManyFailures>()("TooManyFailures", {
  retryAfterSeconds: Schema.Int
}, { httpApiStatus: 429 }) {}
/** A known key without the role this needs. */
export class RoleRefused extends Schema.TaggedError<RoleRefused>()("RoleRefused", {
  caller: Schema.String,
  needs: Schema.String
}, { httpApiStatus: 403 }) {}

/** A login that is to show its key again before it changes what needs an admin. */
export class StepUpNeeded extends Schema.TaggedError<StepUpNeeded>()("StepUpNeeded", {}, { httpApiStatus: 403 }) {}

export type RequestHeaders = Readonly<Record<string, string | undefined>>

/** What identifies the sender of a request. The address is the socket's, whatever a header claims. */
export interface Sent {
  readonly headers: RequestHeaders
  readonly peerAddress: Option.Option<string>
  /** Absent: it may be a change. */
  readonly method?: string
}

/**
 * Identifies callers by API key, sent as `X-API-KEY` or `Authorization: Bearer`. Keys are compared as SHA-256 hashes in
 * constant time; both slots of a key are good, and a changed key is known within the refresh of `Secrets`. A good key
 * is served however many failures its address has.
 */
export class Authentication extends Context.Service<Authentication, {
  /** Looks the caller up, without I/O or consequences, for the hot path. `identify` refuses who is not known. */
  readonly known: (headers: RequestHeaders, address: string | undefined) => Caller | undefined
  /** Identifies the caller; counts, slows down and logs (sampled) requests without a good key. */
  readonly identify: (request: Sent) => Effect.Effect<Caller, KeyRefused | TooManyFailures>
  /** Fails unless the caller has the role, and its login may still make changes that need an admin. */
  readonly permit: (caller: Caller, needs: Role) => Effect.Effect<void, RoleRefused | StepUpNeeded>
  readonly require: (
    request: Sent,
    needs: Role
  ) => Effect.Effect<Caller, KeyRefused | TooManyFailures | RoleRefused | StepUpNeeded>
  /** How the keys of a caller were used since this process started, by requests that `identify` looked at. */
  readonly uses: {
    /** Epoch milliseconds of that start. */
    readonly since: number
    readonly of: (caller: Caller) => Effect.Effect<KeyUse | undefined>
  }
  /** Ends when the key or the login of this request is no longer this caller's. For answers that stay open. */
  readonly untilGone: (request: Sent, caller: Caller) => Effect.Effect<void>
}>()("mutt/layers/http/Authentication") {}
