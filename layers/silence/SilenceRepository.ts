import { Context, type Effect, Schema } from "effect"
import { type ChangeAuthor, ChangeOutcome } from "../../src/domain/Change.ts"
import type { VersionSeen, VersionStale } from "../../src/domain/SettingProblems.ts"
import type { SilenceEnded, SilenceNotFound, SilencesFull } from "../../src/domain/SilenceProblems.ts"
import type { SilenceInput } from "../../src/silence/Silence.ts"
import type { SilenceRevision, StoredSilence } from "../../src/silence/StoredSilence.ts"

/** PostgreSQL, which holds the silences, does not answer. */
export class SilenceRepositoryUnavailable
  extends Schema.TaggedError<SilenceRepositoryUnavailable>()("SilencesUnavailable", {
    detail: Schema.String,
    outcome: ChangeOutcome
  })
{}

/** Who asks for a change of one silence, why, and which revision was seen. */
export type SilenceRequest = ChangeAuthor & VersionSeen

export interface SilenceQuery {
  readonly limit: number
  /** Only older ones: with a smaller id. */
  readonly before?: number | undefined
  readonly author?: string | undefined
  /** Only those that are over, or only those that may still hold something back. */
  readonly over?: boolean | undefined
}

type Refusal = SilenceNotFound | SilenceEnded | VersionStale | SilenceRepositoryUnavailable

/** Keeps the silences that people make; each change is audited in its own transaction. */
export class SilenceRepository extends Context.Service<SilenceRepository, {
  /** Newest first. */
  readonly list: (query: SilenceQuery) => Effect.Effect<ReadonlyArray<StoredSilence>, SilenceRepositoryUnavailable>
  readonly silence: (id: number) => Effect.Effect<StoredSilence, SilenceNotFound | SilenceRepositoryUnavailable>
  /** Oldest first; empty of a silence that there is not. */
  readonly revisions: (id: number) => Effect.Effect<ReadonlyArray<SilenceRevision>, SilenceRepositoryUnavailable>
  /** Its author is who asks. With it at most so many may be in force or to come. */
  readonly create: (
    said: SilenceInput,
    author: ChangeAuthor,
    most?: number
  ) => Effect.Effect<StoredSilence, SilencesFull | SilenceRepositoryUnavailable>
  /** Locks the silence and stores what `edit` makes of it as a new revision. One that is over stays over. */
  readonly change: <E>(
    id: number,
    edit: (silence: StoredSilence) => Effect.Effect<SilenceInput, E>,
    request: SilenceRequest
  ) => Effect.Effect<StoredSilence, E | Refusal>
  /** From now on it holds nothing back; what arrived before stays covered. */
  readonly end: (id: number, request: SilenceRequest) => Effect.Effect<StoredSilence, Refusal>
}>()("mutt/layers/silence/SilenceRepository") {}
