import type { ConfigAuditDraft } from "../../../layers/audit/ConfigAudit.ts"
import type { Author, RotationEntry, RotationRecord } from "./RotationJournal.ts"

/** One entry of the journal as a link of the audit chain. */
export const draftOf = (
  before: RotationRecord | undefined,
  after: RotationRecord,
  { detail, forced, phase, step }: Pick<RotationEntry, "step" | "phase" | "forced" | "detail">,
  author: Author
): ConfigAuditDraft => ({
  changedBy: author.actor,
  operation: before === undefined ? "CREATE" : "UPDATE",
  tableName: "secret_rotation",
  recordId: after.secret,
  oldValues: before === undefined ? null : { state: before.state, direction: before.direction },
  newValues: {
    rotation: after.id,
    step,
    phase,
    state: after.state,
    direction: after.direction,
    ...(forced === null ? {} : { forced: forced.map(({ code, who }) => `${code} ${who}`.trim()) }),
    ...(detail === "" ? {} : { detail })
  },
  reason: author.reason,
  correlationId: author.correlationId
})
