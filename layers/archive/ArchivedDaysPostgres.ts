import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { ArchivedDay } from "../../src/domain/ArchivedDay.ts"
import { IsoTime } from "../postgres/isoTime.ts"
import { ArchivedDays, ArchivedDaysUnavailable } from "./ArchivedDays.ts"

const decodeRows = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ ...ArchivedDay.fields, written_at: IsoTime, place: Schema.String }))
)

/** Reads `event_archives`. A place is the day, its kind, its number, and the archive it is in. */
export const ArchivedDaysPostgres = Layer.effect(
  ArchivedDays,
  Effect.map(SqlClient.SqlClient, (sql) =>
    ArchivedDays.of({
      list: (after, most) =>
        sql`SELECT * FROM (
            SELECT day::text AS day, odd, number, rows::float8 AS rows, bytes::float8 AS bytes, sha256,
              store || '/' || object AS url, written_at,
              format('%s %s %s %s', day, odd::int, lpad(number::text, 6, '0'), md5(store)) COLLATE "C" AS place
            FROM event_archives,
              LATERAL (SELECT coalesce(substring(object from '-\\d{4}-\\d{2}-\\d{2}-(\\d+)[.]')::int, 1) AS number) named
          ) days WHERE ${after} = '' OR place < ${after} ORDER BY place DESC LIMIT ${most}`.pipe(
          Effect.flatMap(decodeRows),
          Effect.catchTag("SchemaError", Effect.die),
          Effect.mapError(({ reason }) => new ArchivedDaysUnavailable({ detail: reason._tag }))
        )
    }))
)
