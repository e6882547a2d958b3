import { Context, type Effect, Schema, type Stream } from "effect"

/** The archive could not be read or written; what is there already stays. */
export class ArchiveFailed extends Schema.TaggedError<ArchiveFailed>()("ArchiveFailed", {
  detail: Schema.String
}) {}

/** The objects of one archive. Nothing is replaced, and nothing is removed. */
export interface Archive {
  /** Writes an object, which is there whole or not at all. Fails when the name is taken. */
  readonly put: <E>(name: string, bytes: Stream.Stream<Uint8Array, E>) => Effect.Effect<void, ArchiveFailed | E>
  readonly get: (name: string) => Stream.Stream<Uint8Array, ArchiveFailed>
  /** The names that are directly in a folder, from the root of the archive. */
  readonly list: (folder: string) => Effect.Effect<ReadonlyArray<string>, ArchiveFailed>
}

/** Opens the archive that the setting `event_archive` names. */
export class ArchiveStore extends Context.Service<ArchiveStore, {
  readonly open: (place: string) => Effect.Effect<Archive, ArchiveFailed>
}>()("mutt/layers/archive/ArchiveStore") {}
