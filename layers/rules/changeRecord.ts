import type { AuditedChange, AuditedValues } from "../../src/domain/ChainEntry.ts"
import type { ChangeAuthor } from "../../src/domain/Change.ts"

/** The audit record of one change: what was created or deleted whole, of an update what differs. */
export const changeRecord = (
  table: "alert_rules" | "development_hosts" | "device_teams",
  key: string,
  author: ChangeAuthor,
  before: AuditedValues | null,
  after: AuditedValues | null
): AuditedChange => ({
  ...author,
  table,
  key,
  operation: before === null ? "CREATE" : after === null ? "DELETE" : "UPDATE",
  before: before === null || after === null ? before : differing(before, after),
  after: before === null || after === null ? after : differing(after, before)
})

/** The members of `one` that `other` has otherwise. */
const differing = (one: AuditedValues, other: AuditedValues): AuditedValues =>
  Object.fromEntries(Object.entries(one).filter(([name, value]) => value !== other[name]))
