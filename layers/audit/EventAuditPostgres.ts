import { Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { Decision, DecisionOutcome, EventAuditEntry } from "../../src/domain/Decision.ts"
import type { HourSpan } from "../../src/logic/compareRecord.ts"
import { withinBytes } from "../../src/logic/withinBytes.ts"
import { type List, listAt, listParameters } from "../postgres/lists.ts"
import { stateOf } from "../postgres/sqlState.ts"
import { type AuditQuery, type AuditRecord, EventAudit, EventAuditFailed } from "./EventAudit.ts"
import { auditFailed } from "./eventAuditFailed.ts"
import { entryColumns } from "./eventColumns.ts"
import { ruleConditions } from "./eventConditions.ts"
import { readCursor, writeCursor } from "./eventCursor.ts"

const decodeAdded = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ added: Schema.Int })]))
const decodeDecisions = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ id: Schema.String, ...Decision.fields }))
)
/** A row of a page; `candidates` counts the rows before the page was cut to its bytes. */
const PageRow = Schema.Struct({ ...EventAuditEntry.fields, candidates: Schema.Int })
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(PageRow))

const decodeCounts = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ hour: Schema.Int, outcome: DecisionOutcome, count: Schema.Int }))
)

type Column<A> =
  | readonly [name: string, type: "uuid" | "timestamptz" | "text", value: (one: A) => string, absent?: string]
  | readonly [name: string, type: "int", value: (one: A) => number, absent?: string]

/**
 * The columns written for each event, and for each decision. A batch has few different decisions, so each is sent once.
 *
 * An absent severity, rule or handling is sent as an impossible value that the statement makes null: PostgreSQL finds
 * no type for an array of nulls alone.
 */
const ofEvents: ReadonlyArray<Column<AuditRecord>> = [
  // The longest comes first: the driver allocates for it, and the others fit into what is left.
  ["raw_message", "text", ({ raw }) => raw],
  ["event_id", "uuid", ({ event }) => event.id],
  ["event_timestamp", "timestamptz", ({ event }) => event.timestamp],
  ["received_at", "timestamptz", ({ event }) => event.receivedAt],
  ["hostname", "text", ({ event }) => event.hostname],
  ["correlation_id", "text", ({ event }) => event.correlationId],
  ["severity", "int", ({ event }) => event.severity ?? -1, "-1"]
]
const ofDecisions: ReadonlyArray<Column<Decision>> = [
  ["outcome", "text", ({ outcome }) => outcome],
  ["environment", "text", ({ environment }) => environment],
  ["matched_rule_id", "int", ({ ruleId }) => ruleId ?? 0, "0"],
  ["handling_decision", "text", ({ handling }) => handling ?? "", "''"],
  ["team_assignment", "text", ({ team }) => team],
  ["reason", "text", ({ reason }) => reason],
  ["rules_version", "int", ({ rulesVersion }) => rulesVersion ?? -1, "-1"],
  ["cause", "text", ({ cause }) => cause ?? "", "''"],
  ["cause_id", "text", ({ causeId }) => causeId ?? "", "''"]
]

const tagOf = (type: Column<never>[1]): List["_tag"] => type === "int" ? "ints" : "texts"

/** The INSERT. It unnests lists in the select list, where PostgreSQL does not store each as a table first. */
const insert = (() => {
  const columns = [...ofEvents, ...ofDecisions]
  const names = (some: ReadonlyArray<Column<never>>) => some.map(([name]) => name).join(", ")
  const values = columns.map(([name, , , absent]) => absent === undefined ? name : `nullif(${name}, ${absent})`)
  const lists = columns.map(([, type], index) => `(${listAt(index, tagOf(type))})::${type}[]`)
  const events = ofEvents.map(([name], index) => `unnest(${lists[index]}) AS ${name}`)
  const decisions = lists.slice(ofEvents.length)
  return `INSERT INTO event_audit_log (${names(columns)}, forwarded_to_moog)
    SELECT ${values.join(", ")}, outcome = 'forwarded'
    FROM (SELECT ${events.join(", ")}, unnest(${listAt(columns.length, "ints")}) AS decision) AS events
    JOIN unnest(${decisions.join(", ")}) WITH ORDINALITY
      AS decisions (${names(ofDecisions)}, number) ON number = decision`
})()

/**
 * Skips events that are there already. Costs a quarter more, so it runs only after a conflict.
 *
 * The message goes to the log of the database, nowhere else, so that this commit too waits for synchronous standbys.
 * Rows of a commit that was cut short while it waited are there and may be on no standby yet.
 */
const insertMissing = `WITH added AS (${insert} ON CONFLICT DO NOTHING RETURNING 1)
  SELECT count(*)::int AS added, pg_logical_emit_message(true, 'mutt', '')::text FROM added`

const listOf = <A>([, type, value]: Column<A>, all: ReadonlyArray<A>): List =>
  type === "int" ? { _tag: "ints", values: all.map(value) } : { _tag: "texts", values: all.map(value) }

type Parameters = ReadonlyArray<unknown>

/** The parameters of `insert`. Decisions are compared as objects: the policy returns the same one again and again. */
const parametersOf = (records: ReadonlyArray<AuditRecord>): Parameters => {
  const numbers = new Map<Decision, number>()
  const decision = records.map((record) => {
    const number = numbers.get(record.decision) ?? numbers.size + 1
    numbers.set(record.decision, number)
    return number
  })
  const decisions = [...numbers.keys()]
  return listParameters([
    ...ofEvents.map((column) => listOf(column, records)),
    ...ofDecisions.map((column) => listOf(column, decisions)),
    { _tag: "ints", values: decision }
  ])
}

const recorded =
  `SELECT event_id::text AS id, outcome, environment, matched_rule_id AS "ruleId", handling_decision AS handling,
  team_assignment AS team, reason, rules_version::int AS "rulesVersion", cause, cause_id AS "causeId"
FROM event_audit_log
WHERE (event_timestamp, event_id) IN (SELECT * FROM unnest($1::timestamptz[], $2::uuid[]))`

/** Writes and searches `event_audit_log`. */
export const EventAuditPostgres = Layer.effect(
  EventAudit,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient

    const recordMissing = Effect.fnUntraced(function*(records: ReadonlyArray<AuditRecord>, parameters: Parameters) {
      const [{ added }] = yield* Effect.flatMap(sql.unsafe(insertMissing, parameters), decodeAdded)
      if (added === records.length) return nothingElse
      const rows = yield* Effect.flatMap(
        sql.unsafe(recorded, [records.map(({ event }) => event.timestamp), records.map(({ event }) => event.id)]),
        decodeDecisions
      )
      return new Map(rows.map(({ id, ...decision }) => [id, decision]))
    })

    const record = Effect.fn("EventAudit.record")(function*(records: ReadonlyArray<AuditRecord>) {
      if (records.length === 0) return nothingElse
      const parameters = parametersOf(records)
      return yield* sql.unsafe(insert, parameters).pipe(
        Effect.as(nothingElse),
        Effect.catchIf(isRepeated, () => recordMissing(records, parameters))
      )
    }, auditFailed)

    const search = Effect.fn("EventAudit.search")(function*(query: AuditQuery) {
      const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor)
      if (query.cursor !== undefined && cursor === undefined) {
        return yield* new EventAuditFailed({ reason: "data", detail: "The cursor cannot be read." })
      }
      const maxBytes = query.maxBytes ?? Number.MAX_SAFE_INTEGER
      // A bare name in ORDER BY would be the output column, a text without an index.
      // The database cuts by the size of raw messages alone; what JSON adds is counted below.
      const found = yield* Effect.flatMap(
        sql`WITH page AS (SELECT ${sql.literal(entryColumns)}, event_audit_log.event_timestamp AS at,
          event_audit_log.event_id AS key
        FROM event_audit_log WHERE ${sql.and(conditions(sql, query))}
        ${
          cursor === undefined
            ? sql``
            : sql`AND (event_timestamp, event_id) < (${cursor.timestamp}::text::timestamptz, ${cursor.eventId}::text::uuid)`
        }
        ORDER BY event_audit_log.event_timestamp DESC, event_audit_log.event_id DESC LIMIT ${query.limit + 1}
        ), sized AS (
          SELECT page.*, count(*) OVER ()::int AS candidates,
            sum(octet_length(raw_message)) OVER (ORDER BY at DESC, key DESC) - octet_length(raw_message) AS before
          FROM page
        )
        SELECT ${sql.literal(Object.keys(EventAuditEntry.fields).join(", "))}, candidates
        FROM sized WHERE before < ${maxBytes}::text::bigint ORDER BY at DESC, key DESC`,
        decodeRows
      )
      const page = withinBytes(found.slice(0, query.limit), maxBytes)
      const last = page.at(-1)
      const rows = page.map(({ candidates: _candidates, ...row }) => ({
        ...row,
        event_timestamp: row.event_timestamp.replace(/\d{3}Z$/, "Z")
      }))
      return last !== undefined && last.candidates > page.length
        ? { rows, nextCursor: writeCursor({ timestamp: last.event_timestamp, eventId: last.id }) }
        : { rows }
    }, auditFailed)

    const countByHour = Effect.fn("EventAudit.countByHour")(function*({ from, to }: HourSpan) {
      return yield* Effect.flatMap(
        sql`SELECT floor(extract(epoch FROM received_at) / 3600)::int AS hour, outcome, count(*)::float8 AS count
        FROM event_audit_log
        WHERE received_at >= to_timestamp(${from}::int * 3600.0) AND received_at < to_timestamp(${to}::int * 3600.0)
        GROUP BY 1, 2`,
        decodeCounts
      )
    }, auditFailed)

    return EventAudit.of({ record, countByHour, search })
  })
)

/** Found by an index on the hash, which is a third of one on the text. */
const correlationIs = (sql: SqlClient.SqlClient, id: string) =>
  sql`(hashtextextended(correlation_id, 0) = hashtextextended(${id}::text, 0) AND correlation_id = ${id}::text)`

const conditions = (sql: SqlClient.SqlClient, query: AuditQuery) => [
  sql`true`,
  ...(query.hostname === undefined ? [] : [sql`hostname = ${query.hostname.toLowerCase()}`]),
  ...(query.ruleId === undefined ? [] : [sql`matched_rule_id = ${query.ruleId}`]),
  ...(query.ruleName === undefined ? [] : ruleConditions(sql, query.ruleName)),
  ...(query.cause === undefined ? [] : [sql`cause = ${query.cause}`]),
  ...(query.outcome === undefined ? [] : [sql`outcome = ${query.outcome}`]),
  ...(query.correlationId === undefined ? [] : [correlationIs(sql, query.correlationId)]),
  ...(query.from === undefined ? [] : [sql`event_timestamp >= ${query.from}::text::timestamptz`]),
  ...(query.to === undefined ? [] : [sql`event_timestamp <= ${query.to}::text::timestamptz`])
]

const nothingElse: ReadonlyMap<string, Decision> = new Map()

/** Was an event of the batch recorded before? 23505 is unique_violation. */
const isRepeated = ({ reason }: SqlError.SqlError): boolean => stateOf(reason.cause) === "23505"
