import { Effect } from "effect"
import { CorrelationId } from "../../../layers/telemetry/CorrelationId.ts"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"

/** Who asks for a change, why, and in which request. A login adds its person: `operator/anna`. */
export const changeAuthor = (
  payload: { readonly reason?: string | null } | null
): Effect.Effect<ChangeAuthor, never, CurrentCaller> =>
  Effect.gen(function*() {
    const { name, person } = yield* CurrentCaller
    const correlationId = yield* CorrelationId
    const actor = person === undefined ? name : `${name}/${person}`
    return { actor, reason: payload?.reason ?? null, correlationId: correlationId ?? "none" }
  })
