import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import type { EventFilter } from "../../src/domain/EventFilter.ts"
import { type ArrivalPlace, readPlace, writePlace } from "./arrivalPlace.ts"
import { EventAuditFailed } from "./EventAudit.ts"
import { utc } from "./eventColumns.ts"
import { indexedConditions, otherConditions } from "./eventConditions.ts"
import type { Arrivals } from "./EventList.ts"
import { decodeListed, listedColumns, readColumns, rowOf, ruleNames } from "./eventListRows.ts"

/** Minutes back that somebody may go on; what came before is asked for page by page. */
export const mostMinutesBack = 10

const decodeSince = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ since: Schema.String })]))
const decodePresent = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ told: Schema.String, known: Schema.Boolean })])
)

/**
 * Follows the record.
 *
 * Writers commit in another order than they began in, and `recorded_at` is when one began. So a place names the
 * transactions that were told of: what none of them wrote is new, each row once, however late it is committed. `since`
 * only says how far back to look: two seconds, and as long as the oldest writer has been at it, but no longer than a
 * statement may take. Rows must not be written in savepoints, whose numbers a snapshot does not tell apart.
 */
export const makeEventArrivals = (sql: SqlClient.SqlClient) => {
  const lookBack = Effect.map(
    Effect.flatMap(
      sql`SELECT ${
        sql.literal(utc("since", "US"))
      } AS since FROM (SELECT greatest(clock_timestamp() - interval '1 minute', least(
          clock_timestamp() - interval '2 seconds', (SELECT min(xact_start) FROM pg_stat_activity
            WHERE datname = current_database() AND (backend_xid IS NOT NULL OR application_name LIKE 'alerter/%')))
        ) AS since) AS times`,
      decodeSince
    ),
    ([{ since }]) => since
  )
  const presentOf = (told: string) =>
    Effect.map(
      Effect.flatMap(
        sql`SELECT pg_current_snapshot()::text AS told,
          pg_snapshot_xmax(${told}::text::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) AS known`,
        decodePresent
      ),
      ([found]) => found
    )

  const read = (filter: EventFilter, { since, told, within }: ArrivalPlace, upTo: string, limit: number) => {
    // A row has the lower half of the number of its transaction; the upper half is that of now, or one less.
    const writer = sql.literal(`(newest - ((newest - xmin::text::bigint) & 4294967295))::text::xid8`)
    const conditions = [
      sql`recorded_at >= ${within?.recordedAt ?? since}::text::timestamptz`,
      ...indexedConditions(sql, filter),
      ...otherConditions(sql, filter),
      sql`NOT pg_visible_in_snapshot(${writer}, ${told}::text::pg_snapshot)`,
      sql`pg_visible_in_snapshot(${writer}, ${upTo}::text::pg_snapshot)`,
      ...(within === undefined ? [] : [
        sql`(recorded_at, event_id) > (${within.recordedAt}::text::timestamptz, ${within.eventId}::text::uuid)`
      ])
    ]
    return Effect.flatMap(
      sql`WITH page AS (SELECT ${sql.literal(readColumns)} FROM event_audit_log,
          (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS newest) AS present
        WHERE ${sql.and(conditions)} ORDER BY event_audit_log.recorded_at, event_audit_log.event_id LIMIT ${limit}::int)
      SELECT ${sql.literal(listedColumns("recorded_at"))} FROM page ${sql.literal(ruleNames)}
      ORDER BY page.recorded_at, page.event_id`,
      decodeListed
    )
  }

  return Effect.fnUntraced(function*(filter: EventFilter, text: string | undefined, limit: number) {
    const from = text === undefined ? undefined : readPlace(text)
    if (text !== undefined && from === undefined) return yield* unreadable
    // Before the snapshot: a writer who ends between the two is in the snapshot then, else he would be in neither.
    const since = yield* lookBack
    const present = yield* presentOf(from?.told ?? "1:1:")
    if (from === undefined) {
      return { rows: [], place: writePlace({ since, told: present.told }), more: false } satisfies Arrivals
    }
    const oldest = DateTime.toEpochMillis(yield* DateTime.now) - mostMinutesBack * 60_000
    if (!present.known || Date.parse(from.since) < oldest) return yield* tooOld

    const upTo = from.within?.upTo ?? present.told
    const after = from.within?.next ?? since
    const found = yield* read(filter, from, upTo, limit)
    const rows = found.map((row) => ({
      row: rowOf(row),
      place: writePlace({
        since: from.since,
        told: from.told,
        within: { upTo, next: after, recordedAt: row.recorded, eventId: row.id }
      })
    }))
    const last = rows.at(-1)
    const more = rows.length === limit
    return {
      rows,
      more,
      place: more && last !== undefined ? last.place : writePlace({ since: after, told: upTo })
    } satisfies Arrivals
  })
}

const unreadable = new EventAuditFailed({ reason: "data", detail: "The place to go on from cannot be read." })
const tooOld = new EventAuditFailed({
  reason: "data",
  detail:
    `The place to go on from is of another database, or more than ${mostMinutesBack} minutes old. Read what came since page by page, and begin anew.`
})
