import { Effect } from "effect"
import type { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import type { AuditedChange, AuditedValues } from "../../../src/domain/ChainEntry.ts"
import type { ChangeAuthor, ChangeOutcome } from "../../../src/domain/Change.ts"
import { unavailable } from "./unavailable.ts"

export interface ChangeInSteps {
  readonly author: ChangeAuthor
  readonly table: string
  readonly key: string
  readonly action: string
  /** What is asked for. */
  readonly asked: AuditedValues
  /** What is done by now, where that is known when it fails. */
  readonly soFar?: () => AuditedValues
}

interface Ended {
  readonly values: AuditedValues
  readonly deleted?: boolean
}

/**
 * Changes what is in Redis between two audit records: the intent before, the outcome after. An intent alone means that
 * the program ended in between.
 */
export const recordedInSteps = (audit: ConfigAudit["Service"]) =>
  Effect.fnUntraced(function*<A, E extends { readonly outcome?: ChangeOutcome | undefined }>(
    { action, asked, author, key, soFar, table }: ChangeInSteps,
    change: Effect.Effect<A, E>,
    endedOf: (result: A) => Ended
  ) {
    const record = (operation: AuditedChange["operation"], what: AuditedValues) =>
      audit.record({ ...author, operation, table, key, before: null, after: { action, ...what } })
    const afterwards = (operation: AuditedChange["operation"], what: AuditedValues) =>
      record(operation, what).pipe(
        droppedAt(
          "audit.in_steps",
          "What became of a change in Redis could not be recorded; that it was asked for, is."
        )
      )
    yield* record("UPDATE", { phase: "intent", ...asked }).pipe(Effect.catch(unavailable("configuration audit")))
    const result = yield* change.pipe(
      Effect.tapError(({ outcome }) =>
        afterwards("UPDATE", { phase: outcome === "unchanged" ? "failed" : "unknown", ...asked, ...soFar?.() })
      )
    )
    const { deleted = false, values } = endedOf(result)
    yield* afterwards(deleted ? "DELETE" : "UPDATE", { phase: "done", ...values })
    return result
  }, Effect.uninterruptible)
