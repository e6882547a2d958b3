import { Effect } from "effect"
import type { SilenceRepository } from "../../../layers/silence/SilenceRepository.ts"
import type { SilenceExplanation } from "../../../src/api/web-ui/Events.ts"
import type { EventAuditEntry } from "../../../src/domain/Decision.ts"

/** Says which silence held an event back, as it was when that was recorded; `null` when none did. */
export const explainSilence = Effect.fnUntraced(function*(
  store: SilenceRepository["Service"],
  { cause, cause_id, recorded_at }: Pick<EventAuditEntry, "cause" | "cause_id" | "recorded_at">
) {
  if (cause !== "silence" || cause_id === null) return null
  const [number = "", occurrence = null] = cause_id.split("/")
  const id = Number(number)
  const silence = yield* store.silence(id).pipe(Effect.catchTag("SilenceNotFound", () => Effect.succeed(undefined)))
  const gone = { id, occurrence, zone: null, created_by: null, comment: null, revision: null }
  if (silence === undefined) return gone satisfies SilenceExplanation
  const revisions = yield* store.revisions(id)
  const then = revisions.findLast(({ changed_at }) => changed_at <= recorded_at) ?? silence
  return {
    ...gone,
    zone: then.schedule?.zone ?? null,
    created_by: silence.created_by,
    comment: then.comment,
    revision: then.revision
  } satisfies SilenceExplanation
})
