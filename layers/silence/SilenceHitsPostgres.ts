import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { SilenceHits } from "./SilenceHits.ts"
import { silencesUnread } from "./SilenceSourcePostgres.ts"

/** Keeps `silence_hits`. One of a silence that is gone is left out. */
export const SilenceHitsPostgres = Layer.effect(
  SilenceHits,
  Effect.map(SqlClient.SqlClient, (sql) =>
    SilenceHits.of({
      add: (hits) =>
        hits.length === 0 ? Effect.void : sql`INSERT INTO silence_hits (silence_id, hits, last_hit_at)
          SELECT silences.id, told.hits, to_timestamp(told.at / 1000.0)
          FROM json_to_recordset(${
          JSON.stringify(hits.map(({ hits, lastAt, silenceId }) => ({ id: silenceId, hits, at: lastAt })))
        }::text::json) AS told (id int, hits bigint, at bigint) JOIN silences ON silences.id = told.id
          ORDER BY silences.id
          ON CONFLICT (silence_id) DO UPDATE SET hits = silence_hits.hits + excluded.hits,
            last_hit_at = greatest(silence_hits.last_hit_at, excluded.last_hit_at)`.pipe(Effect.asVoid, silencesUnread)
    }))
)
