import { Effect } from "effect"
import { unavailableAs } from "../../../layers/http/problem.ts"
import type { ChangeOutcome } from "../../../src/domain/Change.ts"

export interface Failure {
  readonly _tag: string
}

interface Unreached extends Failure {
  readonly detail: string
  /** Absent where nothing could be changed. */
  readonly outcome?: ChangeOutcome
}

/** Answers 503 and logs the reason, which the answer does not show. */
export const unavailable = (what: string) => ({ _tag, detail, outcome = "unchanged" }: Unreached) =>
  Effect.logWarning("A request could not reach what it needs.").pipe(
    Effect.annotateLogs({ needs: what, error: _tag, detail, outcome }),
    Effect.andThen(Effect.fail(unavailableAs(what, outcome)))
  )

/** The failure of a store that does not answer: `QueueUnavailable`, `LedgerUnavailable`, … */
interface StoreUnavailable extends Unreached {
  readonly _tag: `${string}Unavailable`
}

/** Answers 503 when a store does not answer. Its other failures are problems, and pass. */
export const orUnavailable = (what: string) => <A, E extends Failure, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.catchIf(effect, isStoreUnavailable, (error) => unavailable(what)(error))

const isStoreUnavailable = <E extends Failure>(error: E): error is Extract<E, StoreUnavailable> =>
  error._tag.endsWith("Unavailable") && error._tag !== "Unavailable"
