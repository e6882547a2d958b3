import { Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { Attempt } from "../../src/domain/DeadLetter.ts"
import { DeliveryRecord, DeliveryRecordUnavailable } from "./DeliveryRecord.ts"

const Attempts = Schema.fromJsonString(Schema.Array(Attempt))
const encodeAttempts = Schema.encodeSync(Attempts)
const decodeRows = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({ alertId: Schema.String, deliveredAt: Schema.Finite, tries: Schema.Int, attempts: Attempts })
  )
)

const columns = `alert_id AS "alertId", round(extract(epoch FROM delivered_at) * 1000)::float8 AS "deliveredAt",
  tries, attempts`

/** Keeps `alert_deliveries`, whose times are whole milliseconds. */
export const DeliveryRecordPostgres = Layer.effect(
  DeliveryRecord,
  Effect.map(SqlClient.SqlClient, (sql) =>
    DeliveryRecord.of({
      record: (deliveries) =>
        deliveries.length === 0
          ? Effect.void
          : sql`INSERT INTO alert_deliveries (alert_id, delivered_at, tries, attempts)
            SELECT id, to_timestamp(at / 1000.0), tries, attempts FROM unnest(
              ${deliveries.map(({ alertId }) => alertId)}::text[],
              ${deliveries.map(({ deliveredAt }) => String(deliveredAt))}::text[]::bigint[],
              ${deliveries.map(({ tries }) => String(tries))}::text[]::int[],
              ${deliveries.map(({ attempts }) => encodeAttempts(attempts))}::text[]
            ) AS told (id, at, tries, attempts) ON CONFLICT DO NOTHING`.pipe(Effect.asVoid, unavailable),
      newest: (limit, below) =>
        sql`SELECT ${sql.literal(columns)} FROM alert_deliveries ${
          below === undefined
            ? sql``
            : sql`WHERE (delivered_at, alert_id) <
              (to_timestamp(${String(below.deliveredAt)}::text::bigint / 1000.0), ${below.alertId})`
        } ORDER BY alert_deliveries.delivered_at DESC, alert_deliveries.alert_id DESC LIMIT ${limit}`.pipe(
          Effect.flatMap(decodeRows),
          unavailable
        ),
      find: (alertId) =>
        sql`SELECT ${sql.literal(columns)} FROM alert_deliveries WHERE alert_id = ${alertId}`.pipe(
          Effect.flatMap(decodeRows),
          Effect.map(([row]) => row),
          unavailable
        )
    }))
)

const unavailable = <A, R>(effect: Effect.Effect<A, SqlError.SqlError | Schema.SchemaError, R>) =>
  Effect.mapError(
    effect,
    (error) =>
      new DeliveryRecordUnavailable({
        detail: error._tag === "SqlError" ? error.reason._tag : error.message.slice(0, 500)
      })
  )
