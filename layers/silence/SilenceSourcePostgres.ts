import { Effect, Layer, Result, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { Turns } from "../../src/logic/Turns.ts"
import { Silence } from "../../src/silence/Silence.ts"
import { silenceObject } from "./silenceRows.ts"
import { keptAfterEndDays, SilenceSource, SilenceSourceUnavailable } from "./SilenceSource.ts"

const decodeVersion = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ version: Schema.FiniteFromString })]))
/** Milliseconds of decoding in one turn of the event loop: events are decided meanwhile. */
const sliceMs = 2

/** Reads silences and their version in one statement, which sees one state of the database. */
export const SilenceSourcePostgres = Layer.effect(
  SilenceSource,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    // Schema, pattern and zone take 50 ms the first time: here nobody waits for it.
    decodeRow({ silence: example })

    const version = sql`SELECT version::text FROM silences_version`.pipe(
      Effect.flatMap(decodeVersion),
      Effect.map(([row]) => row.version),
      silencesUnread
    )

    // A row for each silence, as text: the driver reads them as they come, and one JSON of all would be parsed in one go.
    const everything = sql`SELECT version::text, one::text AS silence FROM silences_version LEFT JOIN
        (SELECT id, ${sql.literal(silenceObject)} AS one FROM silences
          WHERE coalesce(over_at, 'infinity') > now() - make_interval(days => ${keptAfterEndDays}::int)) AS there ON true
        ORDER BY id`

    const turns = new Turns(sliceMs)
    const load = Effect.gen(function*() {
      const rows = yield* everything
      const [{ version }] = yield* decodeVersion(rows.slice(0, 1))
      return { version, silences: yield* Effect.flatMap(turns.run(decodeRows(rows)), Effect.fromResult) }
    }).pipe(silencesUnread)

    return SilenceSource.of({ version, load })
  })
)

const decodeRow = Schema.decodeUnknownResult(
  Schema.Struct({ silence: Schema.NullOr(Schema.fromJsonString(Silence)) })
)

/** Has all that takes time to decode for the first time. */
const example = JSON.stringify({
  id: 1,
  match: { hosts: ["sw1"], message: { regex: "a(b|c)" } },
  starts_at: "2026-01-01T00:00:00.000Z",
  schedule: { zone: "Europe/Berlin", weekly: [{ days: ["SU"], from: "01:00", to: "04:00" }] },
  comment: "example",
  revision: 1,
  created_by: "MUTT",
  created_at: "2026-01-01T00:00:00.000Z"
})

/** Pauses after each row: one with a pattern takes milliseconds. */
function* decodeRows(
  rows: ReadonlyArray<unknown>
): Generator<void, Result.Result<ReadonlyArray<Silence>, Schema.SchemaError>> {
  const silences: Array<Silence> = []
  for (const row of rows) {
    const decoded = decodeRow(row)
    if (Result.isFailure(decoded)) return Result.fail(decoded.failure)
    // Where there is none, the version stands alone.
    if (decoded.success.silence !== null) silences.push(decoded.success.silence)
    yield
  }
  return Result.succeed(silences)
}

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
