import { Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Silence } from "../../src/silence/Silence.ts"
import { decodeSilences, silenceObject } from "./silenceRows.ts"
import { keptAfterEndDays, SilenceSource, SilenceSourceUnavailable } from "./SilenceSource.ts"

const decodeVersion = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ version: Schema.FiniteFromString })]))
const decodeEverything = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ version: Schema.FiniteFromString, silences: Schema.Array(Schema.Unknown) })])
)

/** Silences decoded before the event loop gets its turn. */
const slice = 100

/** Reads silences and their version in one statement, which sees one state of the database. */
export const SilenceSourcePostgres = Layer.effect(
  SilenceSource,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient

    const version = sql`SELECT version::text FROM silences_version`.pipe(
      Effect.flatMap(decodeVersion),
      Effect.map(([row]) => row.version),
      silencesUnread
    )

    const everything = sql`SELECT
        (SELECT version::text FROM silences_version) AS version,
        (SELECT coalesce(json_agg(${sql.literal(silenceObject)} ORDER BY id), '[]') FROM silences
          WHERE coalesce(over_at, 'infinity') > now() - make_interval(days => ${keptAfterEndDays}::int)) AS silences`

    const load = Effect.gen(function*() {
      const [found] = yield* Effect.flatMap(everything, decodeEverything)
      const silences: Array<Silence> = []
      for (let from = 0; from < found.silences.length; from += slice) {
        silences.push(...(yield* decodeSilences(found.silences.slice(from, from + slice))))
        yield* Effect.yieldNow
      }
      return { version: found.version, silences }
    }).pipe(silencesUnread)

    return SilenceSource.of({ version, load })
  })
)

/** Fails for rows that do not decode too: the silences in force stay in force. */
export const silencesUnread = <A, R>(
  effect: Effect.Effect<A, SqlError.SqlError | Schema.SchemaError, R>
): Effect.Effect<A, SilenceSourceUnavailable, R> =>
  Effect.mapError(
    effect,
    (error) =>
      new SilenceSourceUnavailable({
        detail: error._tag === "SqlError" ? error.reason._tag : error.message.slice(0, 500)
      })
  )
