import { Context, type Effect } from "effect"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import type { Blocker, RotationEntry, RotationRecord, RotationStep, SecretKind } from "../../../src/domain/Rotation.ts"
import type { RotationIsOpen, RotationTaken, RotationUnavailable } from "../../../src/domain/RotationError.ts"

/** How a step ended. */
export interface Ending extends Pick<RotationRecord, "state" | "direction" | "outcome"> {
  /** What is worth knowing about how it went; mostly empty. */
  readonly detail: string
}

/**
 * Writes down what is done to secrets, before and after each step. A link of the audit chain goes with every entry, in
 * the same transaction. Holds no values. `RotationTaken`: somebody else is at work on it, or took it over since it was
 * read.
 */
export class RotationJournal extends Context.Service<RotationJournal, {
  /** The newest rotation of this secret. */
  readonly find: (secret: string) => Effect.Effect<RotationRecord | undefined, RotationUnavailable>
  readonly entries: (id: number) => Effect.Effect<ReadonlyArray<RotationEntry>, RotationUnavailable>
  /** Opens a rotation, with the intent to `stage`. */
  readonly open: (
    secret: string,
    kind: SecretKind,
    author: ChangeAuthor
  ) => Effect.Effect<RotationRecord, RotationUnavailable | RotationIsOpen>
  /** Notes what is about to be done. */
  readonly intend: (
    rotation: RotationRecord,
    step: RotationStep,
    author: ChangeAuthor,
    forced: ReadonlyArray<Blocker> | null
  ) => Effect.Effect<RotationRecord, RotationUnavailable | RotationTaken>
  /** Does something in one transaction with making sure that nobody took over since the step was begun. */
  readonly fenced: (
    rotation: RotationRecord
  ) => <A, E>(work: Effect.Effect<A, E>) => Effect.Effect<A, E | RotationUnavailable | RotationTaken>
  /** Notes that what was intended is done. */
  readonly done: (
    rotation: RotationRecord,
    ending: Ending,
    author: ChangeAuthor
  ) => Effect.Effect<RotationRecord, RotationUnavailable | RotationTaken>
  /** Notes that what was intended was not done; it stays pending. */
  readonly failed: (
    rotation: RotationRecord,
    author: ChangeAuthor,
    detail: string
  ) => Effect.Effect<void, RotationUnavailable>
  /** Notes who goes on with it by itself from now on, or that nobody does, and why. */
  readonly driven: (
    id: number,
    driver: string | null,
    stopped: string | null
  ) => Effect.Effect<void, RotationUnavailable>
  /** Nobody else is at work on this secret meanwhile, in any process. */
  readonly exclusively: (
    secret: string
  ) => <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E | RotationTaken | RotationUnavailable, R>
}>()("mutt/services/web-ui/rotation/RotationJournal") {}
