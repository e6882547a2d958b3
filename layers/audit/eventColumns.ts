/** RFC 3339 in UTC, to the microsecond, so that a cursor names one row. */
export const utc = (column: string, digits: "MS" | "US") =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.${digits}"Z"')`

/** What a SELECT on `event_audit_log` lists for an `EventAuditEntry`. `event_timestamp` still has its microseconds. */
export const entryColumns = [
  "event_id::text AS id",
  `${utc("event_timestamp", "US")} AS event_timestamp`,
  `${utc("received_at", "MS")} AS received_at`,
  `${utc("recorded_at", "MS")} AS recorded_at`,
  "hostname",
  "correlation_id",
  "outcome",
  "severity::int AS severity",
  "environment",
  "matched_rule_id",
  "handling_decision",
  "team_assignment",
  "forwarded_to_moog",
  "reason",
  "rules_version::int AS rules_version",
  "cause",
  "cause_id",
  "raw_message"
].join(", ")
