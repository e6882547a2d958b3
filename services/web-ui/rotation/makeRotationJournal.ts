import { Effect } from "effect"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import type { AuditedChange } from "../../../src/domain/ChainEntry.ts"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import type { RotationEntry, RotationRecord, SecretKind } from "../../../src/domain/Rotation.ts"
import { RotationIsOpen, RotationTaken, RotationUnavailable } from "../../../src/domain/RotationError.ts"
import { RotationJournal } from "./RotationJournal.ts"

export type EntryDraft = Pick<RotationEntry, "step" | "phase" | "forced" | "detail">
/** What a step changes of a rotation. An outcome closes it. */
export type RotationChange = Partial<
  Pick<RotationRecord, "state" | "direction" | "pending" | "attempt" | "outcome" | "stopped">
>

type Journal = RotationJournal["Service"]

/** What an adapter of the journal must do; what is written, and when, is the same in all of them. */
export interface JournalStore extends Pick<Journal, "find" | "entries" | "driven" | "exclusively"> {
  /** Adds an open rotation that intends to `stage`; `undefined` when the secret has one already. */
  readonly insert: (
    secret: string,
    kind: SecretKind,
    author: ChangeAuthor
  ) => Effect.Effect<RotationRecord | undefined, RotationUnavailable>
  /** Changes a rotation; `undefined` when somebody else changed it since it was read. */
  readonly update: (
    rotation: RotationRecord,
    to: RotationChange
  ) => Effect.Effect<RotationRecord | undefined, RotationUnavailable>
  readonly append: (
    rotation: RotationRecord,
    entry: EntryDraft,
    author: ChangeAuthor
  ) => Effect.Effect<void, RotationUnavailable>
  /** Whether no step was begun since it was read; holds it until the transaction ends. */
  readonly isCurrent: (rotation: RotationRecord) => Effect.Effect<boolean, RotationUnavailable>
  readonly transaction: <A, E>(work: Effect.Effect<A, E>) => Effect.Effect<A, E | RotationUnavailable>
}

export const journalUnavailable = (detail: string) => new RotationUnavailable({ needs: "journal", detail })
export const takenBySomebody = (secret: string) =>
  new RotationTaken({ detail: `Somebody else is at work on ${secret} at this moment.` })

/** Characters of a failure that an entry keeps. */
const longestDetail = 1_000

/** The journal over a store: every change with its entry and its link of the audit chain. */
export const makeRotationJournal = Effect.fnUntraced(function*(store: JournalStore) {
  const audit = yield* ConfigAudit
  const { driven, entries, exclusively, find } = store

  const enter = (before: RotationRecord | undefined, after: RotationRecord, entry: EntryDraft, author: ChangeAuthor) =>
    Effect.andThen(
      store.append(after, entry, author),
      Effect.mapError(audit.record(draftOf(before, after, entry, author)), ({ detail }) => journalUnavailable(detail))
    )

  const change = Effect.fnUntraced(function*(
    rotation: RotationRecord,
    to: RotationChange,
    entry: EntryDraft,
    author: ChangeAuthor
  ) {
    const after = yield* store.update(rotation, to)
    if (after === undefined) return yield* takenBySomebody(rotation.secret)
    yield* enter(rotation, after, entry, author)
    return after
  }, store.transaction)

  return RotationJournal.of({
    find,
    entries,
    driven,
    exclusively,
    open: Effect.fn("RotationJournal.open")(function*(secret, kind, author) {
      const made = yield* store.insert(secret, kind, author)
      if (made === undefined) return yield* new RotationIsOpen({ secret })
      yield* enter(undefined, made, { step: "stage", phase: "intent", forced: null, detail: "" }, author)
      return made
    }, store.transaction),
    intend: Effect.fn("RotationJournal.intend")(function*(rotation, step, author, forced) {
      const to = { pending: step, attempt: rotation.attempt + 1, stopped: null }
      return yield* change(rotation, to, { step, phase: "intent", forced, detail: "" }, author)
    }),
    fenced: (rotation) => (work) =>
      store.isCurrent(rotation).pipe(
        Effect.filterOrFail((current) => current, () => takenBySomebody(rotation.secret)),
        Effect.andThen(work),
        store.transaction
      ),
    done: Effect.fn("RotationJournal.done")(function*(rotation, { detail, direction, outcome, state }, author) {
      const { pending: step, secret } = rotation
      if (step === null) return yield* takenBySomebody(secret)
      const to = { state, direction, outcome, pending: null }
      return yield* change(rotation, to, { step, phase: "done", forced: null, detail }, author)
    }),
    failed: (rotation, author, detail) => {
      const step = rotation.pending ?? "stage"
      const entry: EntryDraft = { step, phase: "failed", forced: null, detail: detail.slice(0, longestDetail) }
      return store.transaction(enter(rotation, rotation, entry, author))
    }
  })
})

const draftOf = (
  before: RotationRecord | undefined,
  after: RotationRecord,
  { detail, forced, phase, step }: EntryDraft,
  author: ChangeAuthor
): AuditedChange => ({
  ...author,
  operation: before === undefined ? "CREATE" : "UPDATE",
  table: "secret_rotation",
  key: after.secret,
  before: before === undefined ? null : { state: before.state, direction: before.direction },
  after: {
    rotation: after.id,
    step,
    phase,
    state: after.state,
    direction: after.direction,
    ...(forced === null ? {} : { forced: forced.map(({ code, who }) => `${code} ${who}`.trim()) }),
    ...(detail === "" ? {} : { detail })
  }
})
