import { Effect } from "effect"
import { CorrelationId } from "../../../layers/telemetry/CorrelationId.ts"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"

/** Who asks for a change, why, and in which request. */
export const changeAuthor = (
  payload: { readonly reason?: string | null } | null
): Effect.Effect<ChangeAuthor, never, CurrentCaller> =>
  Effect.gen(function*() {
    const caller = yield* CurrentCaller
    const correlationId = yield* CorrelationId
    return { actor: caller.name, reason: payload?.reason ?? null, correlationId: correlationId ?? "none" }
  })
