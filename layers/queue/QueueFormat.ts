import { Context, Effect } from "effect"
import { firstFormat, type FormatSpan } from "../../src/logic/queueFormat.ts"
import type { RedisFailed } from "../redis/Redis.ts"

/**
 * The formats that this release reads: the newest, and that of the release before. Whoever changes what an entry, an
 * alert or a counter of the queue looks like raises it, and writes the former one while `writes` of QueueFormat says so.
 */
export const KnownFormats = Context.Reference<FormatSpan>("mutt/layers/queue/KnownFormats", {
  defaultValue: () => firstFormat
})

export interface FormatState {
  /** The newest format in which something may wait. */
  readonly format: number
  /** The format to write: the newest that every running program reads. */
  readonly writes: number
  /** Why this program leaves the queue alone; `undefined`: it reads all that waits. */
  readonly problem: string | undefined
}

/** Stands before every script of the queue: a program leaves alone a queue whose format it does not know. */
export const QueueFormat = Context.Reference<{
  readonly pass: Effect.Effect<void, RedisFailed>
  readonly state: Effect.Effect<FormatState, RedisFailed>
}>("mutt/layers/queue/QueueFormat", {
  defaultValue: () => ({
    pass: Effect.void,
    state: Effect.succeed({ format: firstFormat.newest, writes: firstFormat.newest, problem: undefined })
  })
})
