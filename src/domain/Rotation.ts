import { Schema } from "effect"
import { Program } from "./Settings.ts"

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

/** The steps. The first six go forward; a rollback begins with one of the others, by how far the rotation went. */
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

/** What holds the secret: PostgreSQL accepts one password, Redis may accept two, and a key has no server. */
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

/** One entry of the journal, written before a step or after it. */
export const RotationEntry = Schema.Struct({
  seq: Schema.Int,
  step: RotationStep,
  phase: Schema.Literals(["intent", "done", "failed"]),
  /** Of the rotation after this entry. */
  state: RotationState,
  by: Schema.String,
  /** RFC 3339. */
  at: Schema.String,
  reason: Schema.NullOr(Schema.String),
  /** What was blocking and was passed by force. */
  forced: Schema.NullOr(Schema.Array(Blocker)),
  detail: Schema.String
}).annotate({ identifier: "RotationEntry" })
export type RotationEntry = typeof RotationEntry.Type

/** One rotation of one secret. */
export const RotationRecord = Schema.Struct({
  id: Schema.Int,
  secret: Schema.String,
  kind: SecretKind,
  state: RotationState,
  direction: Direction,
  /** Begun, and not known to be done. */
  pending: Schema.NullOr(RotationStep),
  /** How often a step was begun. */
  attempt: Schema.Int,
  openedBy: Schema.String,
  reason: Schema.NullOr(Schema.String),
  openedAt: Schema.String,
  changedAt: Schema.String,
  closedAt: Schema.NullOr(Schema.String),
  outcome: Schema.NullOr(RotationOutcome),
  /** The process that goes on with it by itself, and how long ago it last said so. */
  driver: Schema.NullOr(Schema.Struct({ instance: Schema.String, ageMs: Schema.Finite })),
  /** Why it went no further by itself. */
  stopped: Schema.NullOr(Schema.String)
})
export type RotationRecord = typeof RotationRecord.Type

/** Which values of the secret one process holds and uses. */
export const RotationInstance = Schema.Struct({
  program: Program,
  instance: Schema.String,
  /** Since it last reported. More than 5 seconds blocks. */
  seen_ms: Schema.Finite,
  /** It cannot read its store and goes on with what it read before. */
  stale: Schema.Boolean,
  generation: Schema.NullOr(Schema.Int),
  /** Slot → fingerprint of what it holds. */
  slots: Schema.Record(Schema.String, Schema.String),
  /** Generation → open connections, as it says itself; `null`: it opens none with this secret. */
  connections: Schema.NullOr(Schema.Record(Schema.String, Schema.Int)),
  /** Generation → open connections, as the server lists them. */
  sessions: Schema.Record(Schema.String, Schema.Int),
  /** How the newest login with NEXT went that was asked for. */
  proof: Schema.NullOr(Schema.Struct({ ok: Schema.Boolean, detail: Schema.String }))
}).annotate({ identifier: "RotationInstance" })

const { direction, kind, outcome, pending, reason, secret, state, stopped } = RotationRecord.fields

/** One secret: where its rotation stands, who holds which value, and what keeps the next step from being done. */
export const RotationStatus = Schema.Struct({
  secret,
  kind,
  state,
  direction,
  /** Of the newest rotation; `null` when there was none. */
  id: Schema.NullOr(Schema.Int),
  opened_by: Schema.NullOr(Schema.String),
  opened_at: Schema.NullOr(Schema.String),
  reason,
  /** Since when it is in this state. */
  since: Schema.NullOr(Schema.String),
  closed_at: Schema.NullOr(Schema.String),
  outcome,
  pending,
  /** `null` when no rotation is open. */
  next_step: Schema.NullOr(RotationStep),
  blocks: Schema.Array(Blocker),
  /** The web-ui process that goes on with it by itself. */
  driver: Schema.NullOr(Schema.Struct({ instance: Schema.String, seen_ms: Schema.Finite })),
  stopped,
  /** Slot → fingerprint, as the store has it. */
  slots: Schema.Record(Schema.String, Schema.String),
  instances: Schema.Array(RotationInstance),
  steps: Schema.Array(RotationEntry),
  /** What could not be asked just now. */
  missing: Schema.Array(Schema.String)
}).annotate({ identifier: "RotationStatus" })
export type RotationStatus = typeof RotationStatus.Type

/** The status after a step. */
export const RotationStepped = Schema.Struct({
  ...RotationStatus.fields,
  /** What was blocking and was passed by force. */
  passed: Schema.Array(Blocker),
  /** What may break because of that. */
  may_break: Schema.Array(Schema.String)
}).annotate({ identifier: "RotationStepped" })
export type RotationStepped = typeof RotationStepped.Type

/** A connection as the server lists it, by the name that it gave. */
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
