import { Array as Arr, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { IsoTime } from "../postgres/isoTime.ts"
import { RuleHits, RuleHitsUnavailable } from "./RuleHits.ts"

/** Rows of one statement. */
const most = 5_000

const decodeStats = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({
  ruleId: Schema.Int,
  forwarded: Schema.Finite,
  suppressed: Schema.Finite,
  lastHit: IsoTime
})))
const decodeOldest = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ oldest: Schema.NullOr(IsoTime) })]))

/** Keeps `rule_hits`. */
export const RuleHitsPostgres = Layer.effect(
  RuleHits,
  Effect.map(SqlClient.SqlClient, (sql) =>
    RuleHits.of({
      // In the order of the key, so that two alerters never wait for each other.
      add: (hits) =>
        Effect.forEach(
          Arr.chunksOf(hits, most),
          (some) =>
            sql`INSERT INTO rule_hits (rule_id, hour, forwarded, suppressed, last_hit)
              SELECT * FROM unnest(
                ${some.map(({ ruleId }) => String(ruleId))}::text[]::int[],
                ${some.map(({ hour }) => hour)}::text[]::timestamptz[],
                ${some.map(({ forwarded }) => String(forwarded))}::text[]::bigint[],
                ${some.map(({ suppressed }) => String(suppressed))}::text[]::bigint[],
                ${some.map(({ lastHit }) => lastHit)}::text[]::timestamptz[]
              ) AS hit (rule_id, hour, forwarded, suppressed, last_hit) ORDER BY rule_id, hour
              ON CONFLICT (rule_id, hour) DO UPDATE SET
                forwarded = rule_hits.forwarded + excluded.forwarded,
                suppressed = rule_hits.suppressed + excluded.suppressed,
                last_hit = greatest(rule_hits.last_hit, excluded.last_hit)`,
          { discard: true }
        ).pipe(unavailable),
      stats: (since) =>
        Effect.gen(function*() {
          const [{ oldest }] = yield* Effect.flatMap(sql`SELECT min(hour) AS oldest FROM rule_hits`, decodeOldest)
          const rules = yield* sql`SELECT id AS "ruleId", coalesce(recent.forwarded, 0)::float8 AS forwarded,
              coalesce(recent.suppressed, 0)::float8 AS suppressed, newest.last_hit AS "lastHit"
            FROM alert_rules
            CROSS JOIN LATERAL (
              SELECT last_hit FROM rule_hits WHERE rule_id = alert_rules.id ORDER BY hour DESC LIMIT 1
            ) newest
            LEFT JOIN (
              SELECT rule_id, sum(forwarded) AS forwarded, sum(suppressed) AS suppressed FROM rule_hits
              WHERE hour >= date_trunc('hour', ${since}::text::timestamptz) GROUP BY rule_id
            ) recent ON recent.rule_id = alert_rules.id
            WHERE deleted_at IS NULL ORDER BY id`.pipe(Effect.flatMap(decodeStats))
          return { countedSince: oldest, rules }
        }).pipe(unavailable)
    }))
)

const unavailable = <A, R>(effect: Effect.Effect<A, SqlError.SqlError | Schema.SchemaError, R>) =>
  Effect.mapError(
    effect,
    (error) =>
      new RuleHitsUnavailable({
        detail: error._tag === "SqlError" ? error.reason._tag : error.message.slice(0, 500)
      })
  )
