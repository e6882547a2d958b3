import type { AuditedChange, AuditedValues } from "../../src/domain/ChainEntry.ts"
import type { ChangeAuthor } from "../../src/domain/Change.ts"
import { canonicalJson } from "../../src/logic/canonicalJson.ts"

/** Makes the audit record of one change. An update records only the fields that differ. */
export const changeRecord = (
  table: "alert_rules" | "development_hosts" | "device_teams" | "rule_tests" | "silences" | "saved_views",
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

/** The members of `one` whose value in `other` differs. */
const differing = (one: AuditedValues, other: AuditedValues): AuditedValues =>
  Object.fromEntries(
    Object.entries(one).filter(([name, value]) => canonicalJson(value) !== canonicalJson(other[name] ?? null))
  )
