import { Schema } from "effect"

/**
 * The list on which the readers say which version they run: whoever writes stamps both ends, so no clocks are compared.
 */
export const reports = "mutt:{proof}:reached"

/** What a reader is told. */
export const ReaderTask = Schema.Struct({
  instance: Schema.String,
  username: Schema.String,
  password: Schema.String,
  /** Of the Redis it follows, or of something that stands before it. */
  port: Schema.Int,
  /** Of that Redis itself. */
  direct: Schema.Int
})
export type ReaderTask = typeof ReaderTask.Type

/** What the bare readers follow. */
export const bareKeys = { hash: "mutt:{proof}:settings", channel: "mutt:{proof}:announced" }
