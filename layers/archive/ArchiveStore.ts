import { Context, type Effect, Schema, type Stream } from "effect"

/** Why an archive could not be read or written. */
const Reason = Schema.Literals([
  /** It is not said where the store is, or with which key. */
  "unset",
  /** The store takes none of the keys. */
  "credentials",
  /** The key, or the user of the process, has not the right. */
  "denied",
  /** There is no such folder or bucket. */
  "absent",
  /** There is no such object. */
  "gone",
  "taken",
  /** Nobody answers, or not in time. */
  "unreachable",
  /** The store answers that it cannot now. */
  "busy",
  "unsupported",
  /** It is not read as it was written, or not written as it was sent. */
  "damaged",
  /** Another process archives. */
  "lost",
  "failed"
])
export type ArchiveReason = typeof Reason.Type

/** The archive could not be read or written; what is there already stays. */
export class ArchiveFailed extends Schema.TaggedError<ArchiveFailed>()("ArchiveFailed", {
  reason: Reason,
  /** A sentence for people that says what to do, where that is known. */
  detail: Schema.String
}) {}

/** The objects of one archive. Nothing is replaced, and nothing is removed. */
export interface Archive {
  /** Writes an object, which is there whole or not at all. Fails when the name is taken. */
  readonly put: <E>(name: string, bytes: Stream.Stream<Uint8Array, E>) => Effect.Effect<void, ArchiveFailed | E>
  readonly get: (name: string) => Stream.Stream<Uint8Array, ArchiveFailed>
  /** The names that are directly in a folder, from the root of the archive; of one that is not there, none. */
  readonly list: (folder: string) => Effect.Effect<ReadonlyArray<string>, ArchiveFailed>
}

/** Opens the archive that the setting `event_archive` names. */
export class ArchiveStore extends Context.Service<ArchiveStore, {
  readonly open: (place: string) => Effect.Effect<Archive, ArchiveFailed>
}>()("mutt/layers/archive/ArchiveStore") {}
