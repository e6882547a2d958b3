import { Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { Attempt } from "../../src/domain/DeadLetter.ts"
import { DeliveryRecord, DeliveryRecordUnavailable } from "./DeliveryRecord.ts"

const Attempts = Schema.fromJsonString(Schema.Array(Attempt))
const encodeAttempts = Schema.encodeSync(Attempts)
const decodeRows = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ deliveredAt: Schema.Finite, tries: Schema.Int, attempts: Attempts }))
)

/** Keeps `alert_deliveries`. */
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
      find: (alertId) =>
        sql`SELECT floor(extract(epoch FROM delivered_at) * 1000)::float8 AS "deliveredAt", tries, attempts
          FROM alert_deliveries WHERE alert_id = ${alertId}`.pipe(
          Effect.flatMap(decodeRows),
          Effect.map(([row]) => row === undefined ? undefined : { alertId, ...row }),
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
