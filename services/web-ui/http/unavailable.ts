import { Effect } from "effect"
import { unavailableAs } from "../../../layers/http/unavailable.ts"
import type { ChangeOutcome } from "../../../src/domain/Change.ts"

interface Failure {
  readonly _tag: string
  readonly detail: string
  /** Absent where nothing could be changed. */
  readonly outcome?: ChangeOutcome
}

/** Answers 503 for a store that does not answer. The reason is in the log, not in the answer. */
export const unavailable = (what: string) => ({ _tag, detail, outcome = "unchanged" }: Failure) =>
  Effect.logWarning("A request could not reach what it needs.").pipe(
    Effect.annotateLogs({ needs: what, error: _tag, detail, outcome }),
    Effect.andThen(Effect.fail(unavailableAs(what, outcome)))
  )

/** What every store fails with that does not answer: `QueueUnavailable`, `LedgerUnavailable`, … */
interface StoreUnavailable extends Failure {
  readonly _tag: `${string}Unavailable`
}

/** Answers 503 where a store does not answer; its other failures are answers already. */
export const orUnavailable = (what: string) => <A, E extends Tagged, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.catchIf(effect, isStoreUnavailable, (error) => unavailable(what)(error))

type Tagged = { readonly _tag: string }

const isStoreUnavailable = <E extends Tagged>(error: E): error is Extract<E, StoreUnavailable> =>
  error._tag.endsWith("Unavailable") && error._tag !== "Unavailable"
