import { Clock, Effect, Layer, Schema, Struct } from "effect"
import { SqlClient } from "effect/sql"
import { Decision } from "../../src/domain/Decision.ts"
import { auditFailed } from "./eventAuditFailed.ts"
import { utc } from "./eventColumns.ts"
import { type ForwardedEvent, ForwardedEvents, type ForwardedPage, type ForwardedPlace } from "./ForwardedEvents.ts"
import { nextSlice } from "./slices.ts"

/** Seconds of recording that the first page is looked for in. */
const firstSlice = 600

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({
  id: Schema.String,
  micros: Schema.Finite,
  recordedAt: Schema.String,
  raw: Schema.String,
  ...Struct.pick(Decision.fields, ["environment", "ruleId", "handling", "team"])
})))
const decodeNow = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ micros: Schema.Finite })]))

/** Reads `event_audit_log` by the time of recording, in slices of time and by keyset within them. */
export const ForwardedEventsPostgres = Layer.effect(
  ForwardedEvents,
  Effect.map(SqlClient.SqlClient, (sql) => {
    const at = (micros: number) => sql`to_timestamp(${String(micros)}::text::float8 / 1000000)`

    const since = (from: number) =>
      sql`SELECT floor(extract(epoch FROM clock_timestamp()) * 1000000)::float8 AS micros`.pipe(
        Effect.flatMap(decodeNow),
        Effect.map(([now]) => ({ micros: from * 1_000, until: now.micros, slice: firstSlice })),
        auditFailed
      )

    const page = Effect.fnUntraced(
      function*(
        { after, micros, slice, until }: ForwardedPlace,
        { delivered, limit }: { readonly delivered: boolean; readonly limit: number }
      ) {
        const end = Math.min(until, micros + slice * 1_000_000)
        const conditions = [
          sql`recorded_at >= ${at(micros)}`,
          sql`recorded_at < ${at(end)}`,
          sql`outcome = 'forwarded'`,
          ...(after === undefined ? [] : [sql`(recorded_at, event_id) > (${at(micros)}, ${after}::text::uuid)`]),
          ...(delivered ? [] : [sql`NOT EXISTS (SELECT FROM alert_deliveries WHERE alert_id = event_id::text)`])
        ]
        const begun = yield* Clock.currentTimeMillis
        const rows = yield* Effect.flatMap(
          sql`SELECT event_id::text AS id, (extract(epoch FROM recorded_at) * 1000000)::float8 AS micros,
            ${sql.literal(utc("recorded_at", "MS"))} AS "recordedAt", environment, matched_rule_id AS "ruleId",
            handling_decision AS handling, team_assignment AS team, raw_message AS raw
          FROM event_audit_log WHERE ${sql.and(conditions)} ORDER BY recorded_at, event_id LIMIT ${limit}`,
          decodeRows
        )
        const isWhole = rows.length < limit
        const took = (yield* Clock.currentTimeMillis) - begun
        const wide = nextSlice(slice, isWhole ? rows.length : undefined, limit, took)
        const last = rows.at(-1)
        const next: ForwardedPlace | undefined = !isWhole && last !== undefined
          ? { micros: last.micros, after: last.id, until, slice: wide }
          : end < until
          ? { micros: end, until, slice: wide }
          : undefined
        const events = rows.map(({ micros: _micros, ...event }): ForwardedEvent => event)
        return { events, next } satisfies ForwardedPage
      },
      auditFailed
    )

    return ForwardedEvents.of({ since, page })
  })
)
