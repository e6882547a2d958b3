import { Array as Arr, Clock, Effect, Layer, Option, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { isHostGlob } from "../../src/domain/EventFilter.ts"
import { PastEvent } from "../../src/domain/PastEvent.ts"
import { auditFailed } from "./eventAuditFailed.ts"
import { likeOf } from "./eventConditions.ts"
import { EventReader, type EventSpan } from "./EventReader.ts"
import { nextSlice } from "./slices.ts"

/** Of one page. A page ends early when its messages are large. */
const pageRows = 1_000
const pageBytes = 8_388_608
/** Rows that are decoded before the event loop turns. */
const atOnce = 100

/** Milliseconds of arrival that the first page is looked for in. */
const firstSlice = 10_000

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(PastEvent))
/** The last row of a page: when it arrived, in microseconds, and how many rows there were before the page was cut. */
const decodeEnd = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ id: Schema.String, micros: Schema.Finite, found: Schema.Int }))
)
const decodePlan = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({
    plan: Schema.Tuple([Schema.Struct({ Plan: Schema.Struct({ "Plan Rows": Schema.Finite }) })])
  })])
)

/** Where the next page begins: after this event, in microseconds, or at this instant. */
interface Place {
  readonly micros: number
  readonly after: string | undefined
  readonly slice: number
}

/** Reads `event_audit_log` by arrival, in slices of time and by keyset within them. */
export const EventReaderPostgres = Layer.effect(
  EventReader,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const at = (micros: number) => sql`to_timestamp(${String(micros)}::text::float8 / 1000000)`

    const chosen = ({ hosts, notSuppressed, sample }: EventSpan) => [
      ...(notSuppressed === true ? [sql`outcome <> 'suppressed'`] : []),
      ...(hosts === undefined ? [] : [ofHosts(sql, hosts)]),
      ...(sample === 1 ? [] : [
        sql`(get_byte(uuid_send(event_id), 14) * 256 + get_byte(uuid_send(event_id), 15)) % ${sample}::int = 0`
      ])
    ]

    const look = (span: EventSpan, { after, micros, slice }: Place) => {
      const end = Math.min(span.to * 1_000, micros + slice * 1_000)
      const conditions = [
        sql`received_at >= ${at(micros)}`,
        sql`received_at < ${at(end)}`,
        ...(after === undefined ? [] : [sql`(received_at, event_id) > (${at(micros)}, ${after}::text::uuid)`]),
        ...chosen(span)
      ]
      return sql`WITH page AS (
        SELECT event_id, received_at, outcome, environment, matched_rule_id, handling_decision, team_assignment,
          rules_version, cause, cause_id, raw_message
        FROM event_audit_log WHERE ${sql.and(conditions)} ORDER BY received_at, event_id LIMIT ${pageRows}
      ), sized AS (
        SELECT page.*, count(*) OVER ()::int AS found,
          sum(octet_length(raw_message)) OVER (ORDER BY received_at, event_id) - octet_length(raw_message) AS before
        FROM page
      )
      SELECT event_id::text AS id, (extract(epoch FROM received_at) * 1000000)::float8 AS micros,
        floor(extract(epoch FROM received_at) * 1000)::float8 AS at, outcome, environment, matched_rule_id AS "ruleId",
        handling_decision AS handling, team_assignment AS team, rules_version::int AS "rulesVersion", cause,
        cause_id AS "causeId", raw_message AS raw, found
      FROM sized WHERE before < ${pageBytes}::int ORDER BY received_at, event_id`
    }

    /** The next page, and where the one after it begins. */
    const page = Effect.fnUntraced(function*(span: EventSpan, place: Place) {
      const begun = yield* Clock.currentTimeMillis
      const found = yield* look(span, place)
      const took = (yield* Clock.currentTimeMillis) - begun
      const [last] = yield* decodeEnd(found.slice(-1))
      const rows: Array<PastEvent> = []
      for (const some of Arr.chunksOf(found, atOnce)) {
        rows.push(...(yield* decodeRows(some)))
        yield* Effect.yieldNow
      }
      const end = place.micros + place.slice * 1_000
      const isWhole = last === undefined || (rows.length === last.found && rows.length < pageRows)
      const slice = nextSlice(place.slice, isWhole ? rows.length : undefined, pageRows, took)
      const next: Place | undefined = isWhole
        ? end < span.to * 1_000 ? { micros: end, after: undefined, slice } : undefined
        : { micros: last.micros, after: last.id, slice }
      return [rows.length === 0 ? [] : [rows], Option.fromUndefinedOr(next)] as const
    }, auditFailed)

    const estimate = Effect.fn("EventReader.estimate")(function*(span: EventSpan) {
      const conditions = [
        sql`received_at >= ${at(span.from * 1_000)}`,
        sql`received_at < ${at(span.to * 1_000)}`,
        ...chosen({ ...span, sample: 1 })
      ]
      const [{ plan: [{ Plan }] }] = yield* Effect.flatMap(
        sql`EXPLAIN (FORMAT JSON) SELECT 1 FROM event_audit_log WHERE ${sql.and(conditions)}`,
        (rows) => decodePlan(rows.map((row) => ({ plan: row["QUERY PLAN"] })))
      )
      // The database has no statistics of what a sample leaves.
      return Math.round(Plan["Plan Rows"] / span.sample)
    }, auditFailed)

    return EventReader.of({
      pages: (span) =>
        Stream.paginate(
          { micros: span.from * 1_000, after: undefined, slice: firstSlice },
          (place: Place) => page(span, place)
        ).pipe(Stream.buffer({ capacity: 1 })),
      estimate
    })
  })
)

/** Globs as `LIKE` has them. Names are compared as they stand, so that the index of hosts helps. */
const ofHosts = (sql: SqlClient.SqlClient, hosts: ReadonlyArray<string>) => {
  const lower = hosts.map((host) => host.toLowerCase())
  const names = lower.filter((host) => !isHostGlob(host))
  const like = lower.filter(isHostGlob).map((glob) => sql`hostname LIKE ${likeOf(glob)}::text`)
  return sql.or([...(names.length === 0 ? [] : [sql.in("hostname", names)]), ...like])
}
