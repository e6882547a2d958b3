import { Context, type Effect, Schema } from "effect"
import type { SecretInstance } from "../../../layers/instances/SecretInstances.ts"
import type { SecretStoreReadOnly } from "../../../layers/secret/SecretWriter.ts"
import {
  Blocker,
  type RotationState,
  RotationStep,
  type SecretKind,
  type ServerSession
} from "../../../src/domain/Rotation.ts"
import type { Author, RotationEntry, RotationIsOpen, RotationRecord } from "./RotationJournal.ts"

/** Something a rotation stands on does not answer. What was begun stays begun, and is taken up by the next call. */
export class RotationUnavailable extends Schema.TaggedError<RotationUnavailable>()("RotationUnavailable", {
  needs: Schema.Literals(["journal", "secret store", "server", "list of processes"]),
  detail: Schema.String
}) {}

/** No secret of this name can be rotated. */
export class RotationSecretUnknown extends Schema.TaggedError<RotationSecretUnknown>()("RotationSecretUnknown", {
  secret: Schema.String,
  nearest: Schema.String
}) {}

/** Not this step now. `expected`: what may be done; empty when no rotation is open. */
export class RotationWrongState extends Schema.TaggedError<RotationWrongState>()("RotationWrongState", {
  secret: Schema.String,
  state: Schema.String,
  expected: Schema.Array(Schema.String),
  detail: Schema.String
}) {}

/** Somebody else is at work on it at this moment. */
export class RotationTaken extends Schema.TaggedError<RotationTaken>()("RotationTaken", {
  secret: Schema.String,
  detail: Schema.String
}) {}

/** What the step needs does not hold yet. Nothing was done. */
export class RotationBlocked extends Schema.TaggedError<RotationBlocked>()("RotationBlocked", {
  secret: Schema.String,
  step: RotationStep,
  blocks: Schema.Array(Blocker)
}) {}

/** The store holds what no step leaves behind. */
export class RotationConfused extends Schema.TaggedError<RotationConfused>()("RotationConfused", {
  secret: Schema.String,
  detail: Schema.String
}) {}

/** Why nothing can be seen. */
export type RotationUnseen = RotationUnavailable | RotationSecretUnknown | RotationConfused | SecretStoreReadOnly

export type RotationFailure = RotationUnseen | RotationWrongState | RotationTaken | RotationBlocked | RotationIsOpen

/** What a person sees of one secret. */
export interface RotationView {
  readonly secret: string
  readonly kind: SecretKind
  readonly state: RotationState
  /** The newest rotation, open or not. */
  readonly rotation: RotationRecord | undefined
  readonly entries: ReadonlyArray<RotationEntry>
  /** What would be done next, and what keeps it from being done; `undefined` when none is open. */
  readonly next: { readonly step: RotationStep; readonly blocks: ReadonlyArray<Blocker> } | undefined
  /** Slot → fingerprint, as the store has it. */
  readonly slots: Readonly<Record<string, string>>
  readonly now: number
  readonly instances: ReadonlyArray<SecretInstance>
  /** As the server lists them. */
  readonly sessions: ReadonlyArray<ServerSession>
  /** What could not be asked just now. */
  readonly missing: ReadonlyArray<string>
}

export interface Stepped {
  readonly view: RotationView
  /** What was passed by force. */
  readonly passed: ReadonlyArray<Blocker>
  readonly mayBreak: ReadonlyArray<string>
}

export interface StepOptions {
  readonly force: boolean
  /** How long to wait for what blocks to go away. */
  readonly waitMs: number
}

/**
 * Rotates secrets while programs use them. Every step is journalled before it is done and after, and can be taken up by any process when
 * the one that began it died. What goes on by itself does so in this process, which says so in the journal.
 */
export class RotationController extends Context.Service<RotationController, {
  /** The secrets that can be rotated. */
  readonly list: Effect.Effect<ReadonlyArray<RotationView>, RotationUnseen>
  readonly view: (secret: string) => Effect.Effect<RotationView, RotationUnseen>
  /** Opens a rotation and stages it; with `auto` it goes on by itself. */
  readonly start: (
    secret: string,
    author: Author,
    options: { readonly auto: boolean }
  ) => Effect.Effect<Stepped, RotationFailure>
  readonly step: (
    secret: string,
    step: RotationStep,
    author: Author,
    options: StepOptions
  ) => Effect.Effect<Stepped, RotationFailure>
  /** Turns back, and goes on by itself until everything is as it was. */
  readonly rollback: (secret: string, author: Author, options: StepOptions) => Effect.Effect<Stepped, RotationFailure>
  /** Goes on by itself from wherever it stands. */
  readonly resume: (secret: string, author: Author) => Effect.Effect<Stepped, RotationFailure>
}>()("mutt/services/web-ui/rotation/RotationController") {}
