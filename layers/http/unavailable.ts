import { Unavailable } from "../../src/api/shared/Problems.ts"
import type { ChangeOutcome } from "../../src/domain/Change.ts"

/** What to answer when `what` did not. Who sends a change again must know whether it would be a second one. */
export const unavailableAs = (what: string, outcome: ChangeOutcome): Unavailable =>
  new Unavailable({
    outcome,
    detail: outcome === "unchanged"
      ? `The ${what} cannot be reached now. Nothing was changed; try again.`
      : `The answer of the ${what} was lost, so the change may have been made or not. If you sent an Idempotency-Key, send the same request with it again: the change is made once. If not, look first.`
  })
