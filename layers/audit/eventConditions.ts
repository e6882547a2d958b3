import type { SqlClient, Statement } from "effect/sql"
import { type EventFilter, isHostGlob } from "../../src/domain/EventFilter.ts"

type Fragments = ReadonlyArray<Statement.Fragment>

/** The conditions that an index serves. */
export const indexedConditions = (sql: SqlClient.SqlClient, { host, rule }: EventFilter): Fragments => [
  ...(host === undefined || isHostGlob(host) ? [] : [sql`hostname = ${host.toLowerCase()}`]),
  ...(rule === undefined ? [] : ruleConditions(sql, rule))
]

/** All others. */
export const otherConditions = (sql: SqlClient.SqlClient, filter: EventFilter): Fragments => {
  const { cause, environment, host, outcome, sender, severities, source, team, text } = filter
  return [
    ...(host !== undefined && isHostGlob(host) ? [sql`hostname LIKE ${likeOf(host.toLowerCase())}`] : []),
    ...(severities === undefined ? [] : [sql`severity = ANY (string_to_array(${severities.join()}, ',')::smallint[])`]),
    ...(outcome === undefined ? [] : [sql`outcome = ${outcome}`]),
    ...(cause === undefined ? [] : [sql`cause = ${cause}`]),
    ...(environment === undefined ? [] : [sql`environment = ${environment}`]),
    ...(team === undefined ? [] : [sql`team_assignment = ${team}`]),
    ...(source === undefined ? [] : [member(sql, "source", source)]),
    ...(sender === undefined ? [] : [member(sql, "sender", sender)]),
    ...(text === undefined ? [] : [messageHolds(sql, text)])
  ]
}

/** By number, or by the name that it had in the version that decided. */
export const ruleConditions = (sql: SqlClient.SqlClient, rule: number | string): Fragments =>
  typeof rule === "number" ? [sql`matched_rule_id = ${rule}`] : [
    sql`matched_rule_id = ANY (ARRAY(SELECT id FROM alert_rules_history WHERE name = ${rule}))`,
    sql`EXISTS (SELECT FROM alert_rules_history AS named WHERE named.name = ${rule} AND named.id = matched_rule_id
      AND named.from_version <= rules_version AND (named.to_version IS NULL OR named.to_version > rules_version))`
  ]

/** A glob as `LIKE` has it. */
export const likeOf = (glob: string): string =>
  glob.replace(/[\\%_]/g, "\\$&").replaceAll("*", "%").replaceAll("?", "_")

/** Where the text of the message begins: before it there are only members that the ingestor writes. */
const message = "\"message\":\""

/**
 * Asks for a member before the message. The text is not read as JSON: the database cannot read every JSON that is right,
 * for one with a NUL in it, and one such row would fail the search. A quote in a value has a backslash before it, so no
 * value can look like a member.
 */
const member = (sql: SqlClient.SqlClient, name: string, value: string) =>
  sql`strpos(raw_message, ${`,"${name}":${JSON.stringify(value)}`}) BETWEEN 1 AND strpos(raw_message, ${message})`

/** A quick look at the whole text, and a close one at the message in it, whose escapes are not torn apart. */
const messageHolds = (sql: SqlClient.SqlClient, text: string) => {
  const escaped = JSON.stringify(text).slice(1, -1)
  const like = `%${escaped.replace(/[\\%_]/g, "\\$&")}%`
  const pattern = `^(?:[^"\\\\]|\\\\.)*?${escaped.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}`
  return sql`CASE WHEN raw_message ILIKE ${like} AND strpos(raw_message, ${message}) > 0
    THEN substr(raw_message, strpos(raw_message, ${message}) + ${message.length}::int) ~* ${pattern} ELSE false END`
}
