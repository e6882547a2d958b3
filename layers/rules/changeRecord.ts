import type { ConfigAuditDraft, ConfigValues } from "../audit/ConfigAudit.ts"
import type { Change, RuleDraft } from "./RuleRepository.ts"

/** The fields of a rule under the names of the database and the API. */
export const ruleValues = (rule: RuleDraft): ConfigValues => ({
  match_string: rule.matchString,
  trap_oid: rule.trapOid,
  syslog_severity: rule.syslogSeverity,
  match_type: rule.matchType,
  priority: rule.priority,
  prod_handling: rule.prodHandling,
  dev_handling: rule.devHandling,
  team_assignment: rule.teamAssignment,
  is_active: rule.isActive
})

/** The record of one change: what was created or deleted whole, of an update what differs. */
export const changeRecord = (
  table: "alert_rules" | "development_hosts" | "device_teams",
  recordId: string,
  change: Change,
  before: ConfigValues | null,
  after: ConfigValues | null
): ConfigAuditDraft => ({
  changedBy: change.actor,
  operation: before === null ? "CREATE" : after === null ? "DELETE" : "UPDATE",
  tableName: table,
  recordId,
  oldValues: before === null || after === null ? before : differing(before, after),
  newValues: before === null || after === null ? after : differing(after, before),
  reason: change.reason,
  correlationId: change.correlationId
})

/** The members of `one` that `other` has otherwise. */
const differing = (one: ConfigValues, other: ConfigValues): ConfigValues =>
  Object.fromEntries(Object.entries(one).filter(([name, value]) => value !== other[name]))
