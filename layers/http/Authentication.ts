import { Context, type Effect, Schema } from "effect"
import type { Caller, Role } from "../../src/domain/Role.ts"

/** No key, or one nobody has. */
export class KeyRefused extends Schema.TaggedError<KeyRefused>()("KeyRefused", {}, { httpApiStatus: 401 }) {}
/** A known key without the role this needs. */
export class RoleRefused extends Schema.TaggedError<RoleRefused>()("RoleRefused", {
  caller: Schema.String,
  needs: Schema.String
}, { httpApiStatus: 403 }) {}

/**
 * Who holds which API key. Keys are compared as SHA-256 hashes in constant time; both slots of a key are good,
 * and a changed key is known within the refresh of `Secrets`.
 */
export class Authentication extends Context.Service<Authentication, {
  /** From `X-API-KEY` or `Authorization: Bearer`. Made for the hot path: plain, without I/O. */
  readonly identify: (headers: Readonly<Record<string, string | undefined>>) => Caller | undefined
  readonly require: (
    headers: Readonly<Record<string, string | undefined>>,
    needs: Role
  ) => Effect.Effect<Caller, KeyRefused | RoleRefused>
}>()("mutt/layers/http/Authentication") {}
