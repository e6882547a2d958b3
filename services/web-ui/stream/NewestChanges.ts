import { Context, type Effect, Schema } from "effect"
import type { TopicViews } from "../../../src/api/web-ui/Stream.ts"

/** PostgreSQL does not answer. */
export class NewestChangesUnavailable
  extends Schema.TaggedError<NewestChangesUnavailable>()("NewestChangesUnavailable", { detail: Schema.String })
{}

/** Says how new is what PostgreSQL keeps, in one short statement for all who follow it. */
export class NewestChanges extends Context.Service<NewestChanges, {
  readonly read: Effect.Effect<
    Pick<TopicViews, "rules" | "silences" | "rotation" | "audit">,
    NewestChangesUnavailable
  >
}>()("mutt/services/web-ui/stream/NewestChanges") {}
