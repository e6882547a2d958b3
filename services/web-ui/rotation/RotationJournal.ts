import { Context, type Effect, Schema } from "effect"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import type {
  Blocker,
  Direction,
  RotationOutcome,
  RotationState,
  RotationStep,
  SecretKind
} from "../../../src/domain/Rotation.ts"

/** The journal cannot be read or written, so nothing is done. */
export class JournalUnavailable extends Schema.TaggedError<JournalUnavailable>()("JournalUnavailable", {
  detail: Schema.String
}) {}

/** There is an open rotation of this secret already. */
export class RotationIsOpen extends Schema.TaggedError<RotationIsOpen>()("RotationIsOpen", { secret: Schema.String }) {}

/** Somebody else is at work on this rotation at this moment. */
export class RotationBusy extends Schema.TaggedError<RotationBusy>()("RotationBusy", { secret: Schema.String }) {}

/** Somebody else took this rotation over since the step was begun. */
export class RotationLost extends Schema.TaggedError<RotationLost>()("RotationLost", { secret: Schema.String }) {}

export interface RotationEntry {
  readonly seq: number
  readonly step: RotationStep
  readonly phase: "intent" | "done" | "failed"
  /** Of the rotation after this entry. */
  readonly state: RotationState
  readonly by: string
  /** RFC 3339. */
  readonly at: string
  readonly reason: string | null
  /** What was blocking and was passed by force; `null` without force. */
  readonly forced: ReadonlyArray<Blocker> | null
  readonly detail: string
}

export interface RotationRecord {
  readonly id: number
  readonly secret: string
  readonly kind: SecretKind
  readonly state: RotationState
  readonly direction: Direction
  /** Begun, and not known to be done. */
  readonly pending: RotationStep | null
  /** How often a step was begun. */
  readonly attempt: number
  readonly openedBy: string
  readonly reason: string | null
  readonly openedAt: string
  readonly changedAt: string
  readonly closedAt: string | null
  readonly outcome: RotationOutcome | null
  /** The process that goes on with it by itself, and how long ago it last said so. */
  readonly driver: { readonly instance: string; readonly ageMs: number } | null
  /** Why it went no further by itself. */
  readonly stopped: string | null
}

export type Author = ChangeAuthor

/** How a step ended. */
export interface Ending {
  readonly state: RotationState
  readonly direction: Direction
  readonly outcome: RotationOutcome | null
  /** What is worth knowing about how it went; mostly empty. */
  readonly detail: string
}

/**
 * What was done to secrets, written down before and after each step; a link of the audit chain goes with every entry, in the same
 * transaction. Holds no values.
 */
export class RotationJournal extends Context.Service<RotationJournal, {
  /** The newest rotation of each secret that had one. */
  readonly newest: Effect.Effect<ReadonlyArray<RotationRecord>, JournalUnavailable>
  /** The newest rotation of this secret. */
  readonly find: (secret: string) => Effect.Effect<RotationRecord | undefined, JournalUnavailable>
  readonly entries: (id: number) => Effect.Effect<ReadonlyArray<RotationEntry>, JournalUnavailable>
  /** Opens a rotation, with the intent to `stage`. */
  readonly open: (
    secret: string,
    kind: SecretKind,
    author: Author
  ) => Effect.Effect<RotationRecord, JournalUnavailable | RotationIsOpen>
  /** Notes what is about to be done. */
  readonly intend: (
    rotation: RotationRecord,
    step: RotationStep,
    author: Author,
    forced: ReadonlyArray<Blocker> | null
  ) => Effect.Effect<RotationRecord, JournalUnavailable | RotationLost>
  /** Does something while it is sure that nobody else has taken over since the step was begun; in one transaction with that. */
  readonly fenced: (
    rotation: RotationRecord
  ) => <A, E>(work: Effect.Effect<A, E>) => Effect.Effect<A, E | JournalUnavailable | RotationLost>
  /** Notes that what was intended is done. */
  readonly done: (
    rotation: RotationRecord,
    ending: Ending,
    author: Author
  ) => Effect.Effect<RotationRecord, JournalUnavailable | RotationLost>
  /** Notes that what was intended was not done; it stays pending. */
  readonly failed: (
    rotation: RotationRecord,
    author: Author,
    detail: string
  ) => Effect.Effect<void, JournalUnavailable>
  /** Who goes on with it by itself from now on, or that nobody does, and why. */
  readonly driven: (
    id: number,
    driver: string | null,
    stopped: string | null
  ) => Effect.Effect<void, JournalUnavailable>
  /** Nobody else is at work on this secret meanwhile, in any process. */
  readonly exclusively: (
    secret: string
  ) => <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E | RotationBusy | JournalUnavailable, R>
}>()("mutt/services/web-ui/rotation/RotationJournal") {}
