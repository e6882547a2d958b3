import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { EventAuditEntry } from "../../src/domain/Decision.ts"
import { auditFailed } from "./eventAuditFailed.ts"
import { entryColumns } from "./eventColumns.ts"
import { EventLookup, type EventRef, timeOfId } from "./EventLookup.ts"

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(EventAuditEntry))

/**
 * How far from the time in its id the arrival of an event is looked for. Mostly they are the same; a wider look follows
 * for one whose ingestor set its clock meanwhile.
 */
const nearMs = 50
const farMs = 60_000

/** Finds rows of `event_audit_log`: by its key, or by the time in the id, where an index over arrivals says where to look. */
export const EventLookupPostgres = Layer.effect(
  EventLookup,
  Effect.map(SqlClient.SqlClient, (sql) => {
    const columns = sql.literal(entryColumns)
    const byKey = (id: string, timestamp: string) =>
      sql`SELECT ${columns} FROM event_audit_log
        WHERE event_timestamp = ${timestamp}::text::timestamptz AND event_id = ${id}::text::uuid`
    const byArrival = (id: string, at: number, withinMs: number) =>
      sql`SELECT ${columns} FROM event_audit_log
        WHERE received_at BETWEEN to_timestamp(${String(at - withinMs)}::text::float8 / 1000)
          AND to_timestamp(${String(at + withinMs)}::text::float8 / 1000) AND event_id = ${id}::text::uuid LIMIT 1`

    const findAll = Effect.fnUntraced(function*(ids: ReadonlyArray<string>) {
      const wanted = ids.flatMap((id) => {
        const at = timeOfId(id)
        return at === undefined ? [] : [{ id, at }]
      })
      if (wanted.length === 0) return []
      const rows = yield* Effect.flatMap(
        sql`SELECT found.* FROM unnest(
            ${wanted.map(({ id }) => id)}::text[]::uuid[], ${wanted.map(({ at }) => String(at))}::text[]::float8[]
          ) AS wanted (id, at)
          CROSS JOIN LATERAL (SELECT ${columns} FROM event_audit_log
            WHERE received_at BETWEEN to_timestamp((wanted.at - ${String(nearMs)}::text::float8) / 1000)
              AND to_timestamp((wanted.at + ${String(nearMs)}::text::float8) / 1000)
              AND event_id = wanted.id LIMIT 1) AS found`,
        decodeRows
      )
      return rows.map(exact)
    }, auditFailed)

    const find = Effect.fnUntraced(function*({ id, timestamp }: EventRef) {
      const at = timeOfId(id)
      const looks = timestamp !== undefined
        ? [byKey(id, timestamp)]
        : at === undefined
        ? []
        : [byArrival(id, at, nearMs), byArrival(id, at, farMs)]
      for (const look of looks) {
        const [row] = yield* Effect.flatMap(look, decodeRows)
        if (row !== undefined) return exact(row)
      }
      return undefined
    }, auditFailed)
    return EventLookup.of({ find, findAll })
  })
)

/** Entries have milliseconds. */
const exact = (row: EventAuditEntry): EventAuditEntry => ({
  ...row,
  event_timestamp: row.event_timestamp.replace(/\d{3}Z$/, "Z")
})
