import { Context, Effect } from "effect"

/** What the handler of a request adds to its answer once its transaction is committed. */
export interface PendingAnswer {
  /** Effects to run then. What each returns is merged into the body. */
  readonly after: Array<Effect.Effect<object>>
  etag: string | null
}

/** Is set for a request whose handler runs within one transaction. */
export const PendingAnswer = Context.Reference<PendingAnswer | undefined>("mutt/layers/idempotency/PendingAnswer", {
  defaultValue: () => undefined
})

/** The id of a change in steps; a request that is repeated gets the same one. */
export const Operation = Context.Reference<string | undefined>("mutt/layers/idempotency/Operation", {
  defaultValue: () => undefined
})

/**
 * Runs an effect once the change is committed: at once where no transaction is open. Until then the answer has
 * `meanwhile`.
 */
export const afterCommit = <A extends object>(effect: Effect.Effect<A>, meanwhile: A): Effect.Effect<A> =>
  Effect.flatMap(PendingAnswer, (pending) => {
    if (pending === undefined) return effect
    pending.after.push(effect)
    return Effect.succeed(meanwhile)
  })

/** Keeps the ETag of an answer with it. */
export const keepTag = (etag: string): Effect.Effect<void> =>
  Effect.map(PendingAnswer, (pending) => {
    if (pending !== undefined) pending.etag = etag
  })
