import type { AuditedChange } from "../../../src/domain/ChainEntry.ts"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import type { RotationEntry, RotationRecord } from "./RotationJournal.ts"

/** One entry of the journal as a link of the audit chain. */
export const draftOf = (
  before: RotationRecord | undefined,
  after: RotationRecord,
  { detail, forced, phase, step }: Pick<RotationEntry, "step" | "phase" | "forced" | "detail">,
  author: ChangeAuthor
): AuditedChange => ({
  ...author,
  operation: before === undefined ? "CREATE" : "UPDATE",
  table: "secret_rotation",
  key: after.secret,
  before: before === undefined ? null : { state: before.state, direction: before.direction },
  after: {
    rotation: after.id,
    step,
    phase,
    state: after.state,
    direction: after.direction,
    ...(forced === null ? {} : { forced: forced.map(({ code, who }) => `${code} ${who}`.trim()) }),
    ...(detail === "" ? {} : { detail })
  }
})
