import { Effect, Option, Schema, Stream } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { ArchiveDay, ArchiveManifest } from "../../src/domain/ArchiveManifest.ts"

type Work<A> = Effect.Effect<A, SqlError.SqlError, SqlClient.SqlClient>

/** Rows of one statement, so that none takes long and little is held. */
const stepRows = 1_000

const Step = Schema.Struct({
  lines: Schema.String,
  rows: Schema.Int,
  first_id: Schema.String,
  last_id: Schema.String,
  last_time: Schema.String
})
export type Step = typeof Step.Type

const decodeSteps = Schema.decodeUnknownEffect(Schema.Array(Step))
const Days = Schema.Array(Schema.Struct({ day: Schema.String, odd: Schema.Boolean }))
const decodeDays = Schema.decodeUnknownEffect(Days)

/** Closed days that have events and are not archived, the oldest first. A day is closed one day after its end. */
export const unarchivedDays: Work<ReadonlyArray<ArchiveDay>> = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql`SELECT day::text AS day, odd FROM unarchived_event_days()`.pipe(
    Effect.flatMap(decodeDays),
    Effect.catchTag("SchemaError", Effect.die)
  )
})

/** Days that are about to be let go and of which the archive has not as many events as the record. */
export const changedDays = (keepDays: number): Work<ReadonlyArray<ArchiveDay>> =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    return yield* sql`SELECT day::text AS day, false AS odd FROM changed_event_days(${keepDays}::int)`.pipe(
      Effect.flatMap(decodeDays),
      Effect.catchTag("SchemaError", Effect.die)
    )
  })

/** The events of a day as lines of JSON, by their time and id, some at a time. */
export const eventsOf = (
  sql: SqlClient.SqlClient,
  { day, odd }: ArchiveDay
): Stream.Stream<Step, SqlError.SqlError> =>
  Stream.paginate(
    { last_time: "-infinity", last_id: "00000000-0000-0000-0000-000000000000" },
    ({ last_id, last_time }) =>
      sql`SELECT lines, counted AS rows, first_id::text AS first_id, last_id::text AS last_id, last_time
      FROM event_archive_lines(${day}::text::date, ${odd}::boolean, ${last_time}::text::timestamptz,
        ${last_id}::text::uuid, ${stepRows}::int)`.pipe(
        Effect.flatMap(decodeSteps),
        Effect.catchTag("SchemaError", Effect.die),
        Effect.map((steps) => [steps, Option.fromNullishOr(steps[0])] as const)
      )
  )

/** Notes that a day is archived, which lets retention have it. */
export const noteArchived = (store: string, manifest: ArchiveManifest): Work<void> =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const { bytes, day, first_id, last_id, object, odd, rows, sha256 } = manifest
    yield* sql`INSERT INTO event_archives (store, object, day, odd, rows, bytes, sha256, first_id, last_id)
      VALUES (${store}, ${object}, ${day}::text::date, ${odd}::boolean, ${rows}::bigint, ${bytes}::bigint, ${sha256},
        ${first_id}::text::uuid, ${last_id}::text::uuid)`
  })

const claim = (holder: string, seconds: number): Work<boolean> =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<
      { readonly mine: boolean }
    >`SELECT claim_event_archiving(${holder}, ${seconds}::int) AS mine`
    return row?.mine === true
  })

/** Takes or renews the right to archive for five minutes, unless somebody else has it. */
export const claimArchiving = (holder: string): Work<boolean> => claim(holder, 300)

export const releaseArchiving = (holder: string): Work<boolean> => claim(holder, 0)
