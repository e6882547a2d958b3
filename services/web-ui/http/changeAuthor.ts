import { Effect } from "effect"
import { unavailableAs } from "../../../layers/http/problem.ts"
import type { Change } from "../../../layers/rules/RuleRepository.ts"
import { CorrelationId } from "../../../layers/telemetry/CorrelationId.ts"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import type { ChangeOutcome } from "../../../src/domain/ChangeOutcome.ts"

/** Who asks for a change, why, and in which request. */
export const changeOf = (
  payload: { readonly reason?: string | null } | null
): Effect.Effect<Change, never, CurrentCaller> =>
  Effect.gen(function*() {
    const caller = yield* CurrentCaller
    const correlationId = yield* CorrelationId
    return { actor: caller.name, reason: payload?.reason ?? null, correlationId: correlationId ?? "none" }
  })

interface Failure {
  readonly _tag: string
  readonly detail: string
  /** Absent where nothing could be changed. */
  readonly outcome?: ChangeOutcome
}

/** What a store that does not answer is told as. The reason is in the log, not in the answer. */
export const unavailable = (what: string) => (error: Failure) => {
  const { _tag, detail, outcome = "unchanged" } = error
  return Effect.andThen(
    Effect.annotateLogs(Effect.logWarning("A request could not reach what it needs."), {
      needs: what,
      error: _tag,
      detail,
      outcome
    }),
    Effect.fail(unavailableAs(what, outcome))
  )
}
