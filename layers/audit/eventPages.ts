import { DateTime, Effect, type Schema } from "effect"
import type { SqlClient, SqlError, Statement } from "effect/sql"
import { EventAuditFailed } from "./EventAudit.ts"
import { indexedConditions, otherConditions } from "./eventConditions.ts"
import type { EventListQuery, EventPage } from "./EventList.ts"
import { type ListCursor, readListCursor, writeListCursor } from "./eventListCursor.ts"
import { decodeListed, listedColumns, type ListedRow, readColumns, rowOf, ruleNames } from "./eventListRows.ts"

type Found = Effect.Effect<ReadonlyArray<ListedRow>, SqlError.SqlError | Schema.SchemaError>

/** Seconds of arrivals that are looked at first, and how much longer a stretch may be than the one before. */
const firstSeconds = 2
const mostGrowth = 32
/** Stretches before the one that is all the rest. */
const mostStretches = 7

/**
 * Reads pages of the record.
 *
 * No index has the order of arrival, as it would be paid for by each event; there are notes of which pages hold which
 * times. So the record is read in stretches from where the page begins, each longer than the one before, until there are
 * enough rows. By the device's time the key of the table has the order.
 */
export const makeEventPages = (sql: SqlClient.SqlClient) => {
  const read = (
    query: EventListQuery,
    cursor: ListCursor | undefined,
    more: ReadonlyArray<Statement.Fragment>
  ): Found => {
    const column = query.order === "arrival" ? "received_at" : "event_timestamp"
    const at = sql.literal(column)
    const newer = cursor?.side === "newer"
    const direction = sql.literal(newer ? "ASC" : "DESC")
    const conditions = [
      ...indexedConditions(sql, query.filter),
      ...otherConditions(sql, query.filter),
      ...(query.from === undefined ? [] : [sql`${at} >= ${query.from}::text::timestamptz`]),
      ...(query.to === undefined ? [] : [sql`${at} < ${query.to}::text::timestamptz`]),
      // The first of them for the index, which knows no pairs.
      ...(cursor === undefined ? [] : [
        sql`${at} ${sql.literal(newer ? ">=" : "<=")} ${cursor.timestamp}::text::timestamptz`,
        sql`(${at}, event_id) ${sql.literal(newer ? ">" : "<")}
          (${cursor.timestamp}::text::timestamptz, ${cursor.eventId}::text::uuid)`
      ]),
      ...more
    ]
    return Effect.flatMap(
      sql`WITH page AS (SELECT ${sql.literal(readColumns)} FROM event_audit_log WHERE ${sql.and(conditions)}
          ORDER BY event_audit_log.${at} ${direction}, event_audit_log.event_id ${direction} LIMIT ${
        query.limit + 1
      }::int)
        SELECT ${sql.literal(listedColumns(column))} FROM page ${sql.literal(ruleNames)}
        ORDER BY page.${at} ${direction}, page.event_id ${direction}`,
      decodeListed
    )
  }

  const byStretches = Effect.fnUntraced(function*(query: EventListQuery, cursor: ListCursor | undefined) {
    const newer = cursor?.side === "newer"
    const now = DateTime.toEpochMillis(yield* DateTime.now)
    const begin = newer
      ? timeOf(cursor.timestamp)
      : Math.min(timeOf(cursor?.timestamp, now), timeOf(query.to, Infinity))
    const end = newer ? timeOf(query.to, now) : timeOf(query.from, -Infinity)
    const found: Array<ListedRow> = []
    let [done, seconds] = [begin, firstSeconds]
    for (let stretch = 0; found.length <= query.limit; stretch++) {
      const next = newer ? done + seconds * 1_000 : done - seconds * 1_000
      const last = stretch === mostStretches || (newer ? next >= end : next <= end)
      // The first stretch has no bound where the page begins: a clock may be ahead, and the cursor bounds it exactly.
      const near = stretch === 0 ? [] : [bound(done, newer ? ">=" : "<")]
      const far = last ? [] : [bound(next, newer ? "<" : ">=")]
      found.push(...yield* read({ ...query, limit: query.limit - found.length }, cursor, [...near, ...far]))
      if (last) break
      done = next
      // Twice as long as would be enough if it went on like this.
      const wanted = found.length === 0 ? mostGrowth : 2 * (query.limit + 1 - found.length) / found.length
      seconds *= Math.min(mostGrowth, Math.max(2, wanted))
    }
    return found
  })
  const bound = (millis: number, comparison: "<" | ">=") =>
    sql`received_at ${sql.literal(comparison)} to_timestamp(${String(millis)}::text::float8 / 1000)`

  return Effect.fnUntraced(function*(query: EventListQuery) {
    const cursor = query.cursor === undefined ? undefined : readListCursor(query.cursor)
    if (query.cursor !== undefined && cursor === undefined) {
      return yield* new EventAuditFailed({ reason: "data", detail: "The cursor cannot be read." })
    }
    return pageOf(
      query,
      cursor,
      yield* (query.order === "arrival" ? byStretches(query, cursor) : read(query, cursor, []))
    )
  })
}

/** Puts the newest first, and says where to go on. */
const pageOf = (query: EventListQuery, cursor: ListCursor | undefined, found: ReadonlyArray<ListedRow>): EventPage => {
  const rows = found.slice(0, query.limit)
  const more = found.length > rows.length
  const newer = cursor?.side === "newer"
  if (newer) rows.reverse()
  const place = (row: ListedRow | undefined, side: ListCursor["side"]): string | undefined =>
    row === undefined
      ? cursor && writeListCursor({ ...cursor, side })
      : writeListCursor({ side, timestamp: row.at, eventId: row.id })
  return {
    rows: rows.map(rowOf),
    next: newer || more ? place(rows.at(-1), "older") : undefined,
    previous: place(rows[0], "newer")
  }
}

const timeOf = (text: string | undefined, fallback = Number.NaN): number =>
  text === undefined ? fallback : Date.parse(text)
