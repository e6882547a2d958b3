import { Effect, Layer, Schema } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import { RotationEntry, RotationRecord } from "../../../src/domain/Rotation.ts"
import { journalUnavailable, makeRotationJournal, takenBySomebody } from "./makeRotationJournal.ts"
import { RotationJournal } from "./RotationJournal.ts"

const decodeRecords = Schema.decodeUnknownEffect(Schema.Array(RotationRecord))
const decodeEntries = Schema.decodeUnknownEffect(Schema.Array(RotationEntry))
const decodeLock = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ locked: Schema.Boolean })]))

/** Keeps the journal in two tables. Whoever is at work holds an advisory lock on a connection of its own. */
export const RotationJournalPostgres = Layer.effect(
  RotationJournal,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient

    const time = (column: string) =>
      sql.literal(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)
    const columns =
      sql`id::float8 AS id, secret, kind, state, direction, pending, attempt, opened_by AS "openedBy", reason,
      ${time("opened_at")} AS "openedAt", ${time("changed_at")} AS "changedAt", ${
        time("closed_at")
      } AS "closedAt", outcome,
      CASE WHEN driver IS NOT NULL THEN json_build_object('instance', driver, 'ageMs',
        coalesce(extract(epoch FROM clock_timestamp() - driver_seen) * 1000, 0)::float8) END AS driver, stopped`

    const one = (rows: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) =>
      rows.pipe(
        Effect.flatMap(decodeRecords),
        Effect.catchTag("SchemaError", Effect.die),
        Effect.mapBoth({ onSuccess: ([record]) => record, onFailure: unavailable })
      )

    return yield* makeRotationJournal({
      find: (secret) =>
        one(
          sql`SELECT ${columns} FROM secret_rotations WHERE secret = ${secret} ORDER BY secret_rotations.id DESC LIMIT 1`
        ),
      entries: (id) =>
        sql`SELECT seq, step, phase, state, made_by AS "by", ${time("made_at")} AS "at", reason, forced, detail
          FROM secret_rotation_steps WHERE rotation_id = ${id} ORDER BY seq DESC LIMIT 200`.pipe(
          Effect.flatMap(decodeEntries),
          Effect.catchTag("SchemaError", Effect.die),
          Effect.mapBoth({ onSuccess: (rows) => rows.toReversed(), onFailure: unavailable })
        ),
      insert: (secret, kind, { actor, correlationId, reason }) =>
        one(sql`INSERT INTO secret_rotations (secret, kind, state, pending, attempt, opened_by, reason, correlation_id)
          VALUES (${secret}, ${kind}, 'STEADY', 'stage', 1, ${actor}, ${reason}, ${correlationId})
          ON CONFLICT (secret) WHERE closed_at IS NULL DO NOTHING RETURNING ${columns}`),
      update: ({ attempt, id, pending }, to) =>
        one(sql`UPDATE secret_rotations SET ${sql.update(to)}, changed_at = clock_timestamp(),
            closed_at = CASE WHEN ${to.outcome ?? null}::text IS NULL THEN NULL ELSE clock_timestamp() END
          WHERE id = ${id} AND attempt = ${attempt} AND pending IS NOT DISTINCT FROM ${pending} AND closed_at IS NULL
          RETURNING ${columns}`),
      append: ({ id, state }, { detail, forced, phase, step }, { actor, reason }) =>
        sql`INSERT INTO secret_rotation_steps (rotation_id, seq, step, phase, state, made_by, made_at, reason, forced, detail)
          VALUES (${id}, (SELECT coalesce(max(seq), 0) + 1 FROM secret_rotation_steps WHERE rotation_id = ${id}),
            ${step}, ${phase}, ${state}, ${actor}, clock_timestamp(), ${reason},
            ${forced === null ? null : JSON.stringify(forced)}::text::jsonb, ${detail})`.pipe(
          Effect.mapBoth({ onSuccess: () => undefined, onFailure: unavailable })
        ),
      isCurrent: ({ attempt, id }) =>
        sql`SELECT 1 FROM secret_rotations WHERE id = ${id} AND attempt = ${attempt} FOR UPDATE`.pipe(
          Effect.mapBoth({ onSuccess: (rows) => rows.length > 0, onFailure: unavailable })
        ),
      transaction: (work) =>
        Effect.mapError(
          sql.withTransaction(work),
          (error) => error instanceof SqlError.SqlError ? unavailable(error) : error
        ),
      driven: (id, driver, stopped) =>
        sql`UPDATE secret_rotations SET driver = ${driver}, driver_seen = clock_timestamp(), stopped = ${stopped}
          WHERE id = ${id}`.pipe(Effect.mapBoth({ onSuccess: () => undefined, onFailure: unavailable })),
      exclusively: (secret) => (work) =>
        Effect.gen(function*() {
          const connection = yield* Effect.mapError(sql.reserve, unavailable)
          const ask = (name: string) =>
            connection.executeUnprepared(
              `SELECT ${name}(hashtext('mutt.rotation'), hashtext($1)) AS locked`,
              [secret],
              undefined
            ).pipe(Effect.flatMap(decodeLock), Effect.catchTag("SchemaError", Effect.die), Effect.mapError(unavailable))
          yield* Effect.acquireRelease(
            Effect.filterOrFail(
              ask("pg_try_advisory_lock"),
              ([{ locked }]) => locked,
              () => takenBySomebody(secret)
            ),
            // A connection that cannot be asked any more has lost the lock with itself.
            () => ask("pg_advisory_unlock").pipe(droppedAt("rotation.unlock", "A rotation could not be unlocked."))
          )
          return yield* work
        }).pipe(Effect.scoped)
    })
  })
)

const unavailable = (error: SqlError.SqlError) => journalUnavailable(error.reason._tag)
