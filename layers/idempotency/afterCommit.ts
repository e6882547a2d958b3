import { Context, Effect } from "effect"

/** What the handler of a request leaves for when its transaction is committed. */
export interface PendingAnswer {
  /** What each answers becomes a part of the body. */
  readonly after: Array<Effect.Effect<object>>
  etag: string | null
}

/** Of a request whose handler runs within one transaction; otherwise there is none. */
export const PendingAnswer = Context.Reference<PendingAnswer | undefined>("mutt/layers/idempotency/PendingAnswer", {
  defaultValue: () => undefined
})

/** The operation that a request asks for in steps, the same when it is asked for again. */
export const Operation = Context.Reference<string | undefined>("mutt/layers/idempotency/Operation", {
  defaultValue: () => undefined
})

/**
 * Does something with a change that is committed: at once, or, within the transaction of a request, when that is. Then the answer says
 * `meanwhile` until it is done.
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
