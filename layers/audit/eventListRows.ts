import { Schema } from "effect"
import { EventRow } from "../../src/domain/EventRow.ts"
import { eventHead, headLength } from "../../src/logic/eventHead.ts"
import { utc } from "./eventColumns.ts"

/** What a list reads of a row: the beginning of its text is read apart, and the name of its rule. */
const { cut: _cut, message: _message, ref: _ref, sender: _sender, source: _source, ...columns } = EventRow.fields
const ListedRow = Schema.Struct({ ...columns, head: Schema.String, at: Schema.String, recorded: Schema.String })
export type ListedRow = typeof ListedRow.Type

export const decodeListed = Schema.decodeUnknownEffect(Schema.Array(ListedRow))

/** The columns of the record that `listedColumns` needs, before the rows are ordered and limited. */
export const readColumns = "event_id, event_timestamp, received_at, recorded_at, hostname, severity, outcome, cause, "
  + "cause_id, environment, matched_rule_id, team_assignment, handling_decision, rules_version, raw_message"

/** The select list for `from`, a table of `readColumns`, beside `ruleNames`. `at` is what the list is ordered by. */
export const listedColumns = (order: "received_at" | "event_timestamp" | "recorded_at"): string =>
  [
    "event_id::text AS id",
    `${utc("event_timestamp", "US")} AS event_timestamp`,
    `${utc("received_at", "MS")} AS received_at`,
    `${utc("recorded_at", "US")} AS recorded`,
    `${utc(order, "US")} AS at`,
    "hostname",
    "severity::int AS severity",
    "outcome",
    "cause",
    "cause_id",
    "environment",
    "matched_rule_id AS rule_id",
    "named.name AS rule_name",
    "team_assignment AS team",
    "handling_decision AS handling",
    "rules_version::int AS rules_version",
    `left(raw_message, ${headLength}) AS head`
  ].join(", ")

/** Joins the rule as it was in the version that decided. */
export const ruleNames =
  `LEFT JOIN (SELECT id AS rule, name, from_version, to_version FROM alert_rules_history) AS named
  ON named.rule = matched_rule_id AND named.from_version <= rules_version
    AND (named.to_version IS NULL OR named.to_version > rules_version)`

const milliseconds = (time: string): string => time.replace(/\d{3}Z$/, "Z")
/** A time whose microseconds are none names the row as well. */
const shortest = (time: string): string => time.replace(/000Z$/, "Z")

export const rowOf = ({ at: _at, head, recorded: _recorded, ...row }: ListedRow): EventRow => ({
  ...row,
  ...eventHead(head),
  ref: `${shortest(row.event_timestamp)}_${row.id}`,
  event_timestamp: milliseconds(row.event_timestamp)
})
