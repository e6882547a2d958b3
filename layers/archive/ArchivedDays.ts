import { Context, type Effect, Schema } from "effect"
import type { ArchivedDay } from "../../src/domain/ArchivedDay.ts"

/** PostgreSQL, which knows what is archived, does not answer. */
export class ArchivedDaysUnavailable extends Schema.TaggedError<ArchivedDaysUnavailable>()("ArchivedDaysUnavailable", {
  detail: Schema.String
}) {}

/** A day and its place in the list, which says where to go on. */
export interface ListedDay extends ArchivedDay {
  readonly place: string
}

/** What is archived, as PostgreSQL notes it: the archive itself is not asked. */
export class ArchivedDays extends Context.Service<ArchivedDays, {
  /** The newest days first, after a place; from the newest one when that is empty. */
  readonly list: (after: string, most: number) => Effect.Effect<ReadonlyArray<ListedDay>, ArchivedDaysUnavailable>
}>()("mutt/layers/archive/ArchivedDays") {}
