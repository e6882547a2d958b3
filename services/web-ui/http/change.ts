import { Effect } from "effect"
import type { Change } from "../../../layers/rules/RuleBook.ts"
import { CorrelationId } from "../../../layers/telemetry/CorrelationId.ts"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import { Unavailable } from "../../../src/api/shared/Problems.ts"

/** Who asks for a change, why, and in which request. */
export const changeOf = (
  payload: { readonly reason?: string | null } | null
): Effect.Effect<Change, never, CurrentCaller> =>
  Effect.gen(function*() {
    const caller = yield* CurrentCaller
    const correlationId = yield* CorrelationId
    return { actor: caller.name, reason: payload?.reason ?? null, correlationId: correlationId ?? "none" }
  })

/** What a store that does not answer is told as. The reason is in the log, not in the answer. */
export const unavailable = (what: string) => (error: { readonly _tag: string; readonly detail: string }) =>
  Effect.andThen(
    Effect.annotateLogs(Effect.logWarning("A request could not reach what it needs."), {
      needs: what,
      error: error._tag,
      detail: error.detail
    }),
    Effect.fail(new Unavailable({ detail: `The ${what} cannot be reached now. Nothing was changed; try again.` }))
  )
