import { Schema } from "effect"

/**
 * Where the rotation of one secret stands. `STEADY`: none is open.
 *
 * | state | the store | the server |
 * |---|---|---|
 * | `STAGED` | CURRENT and NEXT | accepts CURRENT |
 * | `APPLIED`, `VERIFIED` | the same | accepts NEXT; Redis: both |
 * | `PROMOTED`, `DRAINED` | what was NEXT is CURRENT, what was CURRENT is PREVIOUS | the same |
 */
export const RotationState = Schema.Literals(["STEADY", "STAGED", "APPLIED", "VERIFIED", "PROMOTED", "DRAINED"])
export type RotationState = typeof RotationState.Type

/** The first six go forward. The others are what a rollback begins with; which one, depends on how far it went. */
export const RotationStep = Schema.Literals([
  "stage",
  "apply",
  "verify",
  "promote",
  "drain",
  "retire",
  /** There is no NEXT any more, or no server that knows it. */
  "discard",
  /** The server is put back to CURRENT, then NEXT goes. */
  "revert",
  /** Promoted already: a rotation back to the old value begins. */
  "turn"
])
export type RotationStep = typeof RotationStep.Type

/** `postgres`: the server has one password. `redis`: it may have two. `key`: no server is told. */
export const SecretKind = Schema.Literals(["postgres", "redis", "key"])
export type SecretKind = typeof SecretKind.Type

/** `back`: towards the value that was in use when the rotation began. */
export const Direction = Schema.Literals(["forward", "back"])
export type Direction = typeof Direction.Type

export const RotationOutcome = Schema.Literals(["completed", "rolled_back"])
export type RotationOutcome = typeof RotationOutcome.Type

/** One thing that keeps a step from being done. */
export const Blocker = Schema.Struct({
  code: Schema.Literals([
    "nobody_reports",
    "instance_silent",
    "value_not_held",
    "old_value_held",
    "proof_missing",
    "proof_failed",
    "old_connections",
    "old_sessions",
    "account_shared"
  ]),
  /** `program/instance`; empty when it is about no single one. */
  who: Schema.String,
  detail: Schema.String
}).annotate({ identifier: "RotationBlock" })
export type Blocker = typeof Blocker.Type

/** A connection as a server itself lists it, by the name it gave. */
export interface ServerSession {
  readonly program: string
  readonly instance: string
  readonly generation: number
}

/** The values of one secret in the store. */
export interface Slots<V> {
  readonly current: V
  readonly next?: V | undefined
  readonly previous?: V | undefined
}
