import { Context, type Effect, Schema } from "effect"
import { type ChangeAuthor, ChangeOutcome } from "../../src/domain/Change.ts"
import type { SavedView, ViewContent, ViewNotFound, ViewsFull } from "../../src/domain/SavedView.ts"

/** PostgreSQL, which holds the shared views, does not answer. */
export class SavedViewsUnavailable extends Schema.TaggedError<SavedViewsUnavailable>()("SavedViewsUnavailable", {
  detail: Schema.String,
  outcome: ChangeOutcome
}) {}

/** Keeps the views of the console that all share; each change is audited in its own transaction. */
export class SavedViews extends Context.Service<SavedViews, {
  /** By name. */
  readonly list: Effect.Effect<ReadonlyArray<SavedView>, SavedViewsUnavailable>
  readonly view: (name: string) => Effect.Effect<SavedView, ViewNotFound | SavedViewsUnavailable>
  /** Makes a view, if there are fewer than `most`, or changes it. What says the same already stays as it is. */
  readonly save: (
    name: string,
    content: ViewContent,
    author: ChangeAuthor,
    most?: number
  ) => Effect.Effect<SavedView, ViewsFull | SavedViewsUnavailable>
  readonly remove: (name: string, author: ChangeAuthor) => Effect.Effect<void, ViewNotFound | SavedViewsUnavailable>
}>()("mutt/layers/views/SavedViews") {}
