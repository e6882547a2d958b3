import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { bucketsOf } from "../../src/logic/eventBuckets.ts"
import { countedInShares, type CountLimits, plannedRows, sampleParts, standardLimits } from "./countedInShares.ts"
import { indexedConditions, otherConditions } from "./eventConditions.ts"
import { type EventCounts, type EventCountsQuery } from "./EventList.ts"
import { countsOf, Tally } from "./eventTally.ts"

/** Values of a facet. Rules come by version, which are put together afterwards. */
const [mostValues, mostRules] = [20, 1_000]

const decodeTallies = Schema.decodeUnknownEffect(Schema.Array(Tally))

/** Counts the record by time, and by what its rows have in common. */
export const makeEventCounts = (
  sql: SqlClient.SqlClient,
  limits: CountLimits = standardLimits
) => {
  const columnOf = ({ order }: EventCountsQuery) => sql.literal(order === "arrival" ? "received_at" : "event_timestamp")
  const millis = (at: number) => sql`to_timestamp(${String(at)}::text::float8 / 1000)`
  const indexed = ({ filter }: EventCountsQuery) => sql.and([sql`true`, ...indexedConditions(sql, filter)])

  /** Rows that would be looked at, as the planner thinks. */
  const estimate = (query: EventCountsQuery) =>
    Effect.flatMap(
      sql`EXPLAIN (FORMAT JSON) SELECT FROM event_audit_log WHERE ${columnOf(query)} >= ${
        millis(Date.parse(query.from))
      }
        AND ${columnOf(query)} < ${millis(Date.parse(query.to))} AND ${indexed(query)}`,
      plannedRows
    )

  const tallies = (query: EventCountsQuery, share: number) => {
    const [from, to] = [Date.parse(query.from), Date.parse(query.to)]
    const { starts: [first = from], width } = bucketsOf(from, to)
    const column = columnOf(query)
    const step = share < 1 ? (to - from) / sampleParts : to - from
    // Each part begins a whole number of steps after `from`.
    const start = sql`${String(from)}::text::float8 + part * ${String(step)}::text::float8`
    return Effect.flatMap(
      sql`SELECT facet, bucket, outcome, coalesce(name, value) AS value, count FROM (
        SELECT grouped.*, row_number() OVER (PARTITION BY facet ORDER BY count DESC, value) AS place FROM (
          SELECT CASE WHEN GROUPING(bucket) = 0 THEN 'bucket' WHEN GROUPING(outcome) = 0 THEN 'outcome'
              WHEN GROUPING(host) = 0 THEN 'host' WHEN GROUPING(rule) = 0 THEN 'rule' WHEN GROUPING(team) = 0 THEN 'team'
              WHEN GROUPING(severity) = 0 THEN 'severity' WHEN GROUPING(cause) = 0 THEN 'cause' ELSE 'seen' END AS facet,
            bucket, outcome, rule, version, count(*)::int AS count,
            coalesce(host, rule::text, team, severity::text, cause, outcome) AS value
          FROM (
            SELECT bucket, CASE WHEN fits THEN outcome END AS outcome, CASE WHEN fits THEN hostname END AS host,
              CASE WHEN fits THEN matched_rule_id END AS rule, CASE WHEN fits THEN rules_version END AS version,
              CASE WHEN fits THEN team_assignment END AS team, CASE WHEN fits THEN severity END AS severity,
              CASE WHEN fits THEN cause END AS cause
            FROM (
              SELECT outcome, hostname, matched_rule_id, rules_version, team_assignment, severity, cause, raw_message,
                floor((extract(epoch FROM at)::float8 * 1000 - ${String(first)}::text::float8)
                  / ${String(width)}::text::float8)::int AS bucket,
                ${sql.and([sql`true`, ...otherConditions(sql, query.filter)])} AS fits
              FROM (
                SELECT looked.* FROM generate_series(0, ${share < 1 ? sampleParts - 1 : 0}::int) AS part, LATERAL (
                  SELECT ${column} AS at, outcome, hostname, matched_rule_id, rules_version, team_assignment, severity,
                    cause, environment, raw_message
                  FROM event_audit_log
                  WHERE ${column} >= to_timestamp((${start}) / 1000)
                    AND ${column} < to_timestamp((${start} + ${String(step * share)}::text::float8) / 1000)
                    AND ${indexed(query)}
                ) AS looked LIMIT ${limits.counted + 1}::int
              ) AS taken
            ) AS judged
          ) AS fitting
          GROUP BY GROUPING SETS ((), (bucket, outcome), (outcome), (host), (rule, version), (team), (severity), (cause))
        ) AS grouped WHERE facet = 'seen' OR value IS NOT NULL
      ) AS placed LEFT JOIN alert_rules_history AS named ON facet = 'rule' AND named.id = rule
        AND named.from_version <= placed.version AND (named.to_version IS NULL OR named.to_version > placed.version)
      WHERE place <= CASE facet WHEN 'bucket' THEN 1000 WHEN 'rule' THEN ${mostRules}::int ELSE ${mostValues}::int END`,
      decodeTallies
    )
  }

  return Effect.fnUntraced(function*(query: EventCountsQuery) {
    const { found, share } = yield* countedInShares(
      sql,
      limits,
      yield* estimate(query),
      (share) => tallies(query, share),
      (found) => found.find(({ facet }) => facet === "seen")?.count ?? Infinity
    )
    return countsOf(query, found, share, mostValues) satisfies EventCounts
  })
}
