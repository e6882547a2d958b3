import { Effect, Layer, Schema } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { ConfigAudit, ConfigAuditFailed } from "../../../layers/audit/ConfigAudit.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import {
  Blocker,
  Direction,
  RotationOutcome,
  RotationState,
  RotationStep,
  SecretKind
} from "../../../src/domain/Rotation.ts"
import { draftOf } from "./journalAudit.ts"
import {
  type Author,
  JournalUnavailable,
  RotationBusy,
  type RotationEntry,
  RotationIsOpen,
  RotationJournal,
  RotationLost,
  type RotationRecord
} from "./RotationJournal.ts"

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({
  id: Schema.FiniteFromString,
  secret: Schema.String,
  kind: SecretKind,
  state: RotationState,
  direction: Direction,
  pending: Schema.NullOr(RotationStep),
  attempt: Schema.Int,
  openedBy: Schema.String,
  reason: Schema.NullOr(Schema.String),
  openedAt: Schema.String,
  changedAt: Schema.String,
  closedAt: Schema.NullOr(Schema.String),
  outcome: Schema.NullOr(RotationOutcome),
  driver: Schema.NullOr(Schema.String),
  driverAgeMs: Schema.NullOr(Schema.Finite),
  stopped: Schema.NullOr(Schema.String)
})))

const decodeEntries = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({
  seq: Schema.Int,
  step: RotationStep,
  phase: Schema.Literals(["intent", "done", "failed"]),
  state: RotationState,
  by: Schema.String,
  at: Schema.String,
  reason: Schema.NullOr(Schema.String),
  forced: Schema.NullOr(Schema.Array(Blocker)),
  detail: Schema.String
})))

const decodeLock = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ locked: Schema.Boolean })]))

/** `secret_rotations` and `secret_rotation_steps`. Whoever is at work holds an advisory lock on a connection of its own. */
export const RotationJournalPostgres = Layer.effect(
  RotationJournal,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const audit = yield* ConfigAudit

    const time = (column: string) =>
      sql.literal(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)
    const columns = sql`id::text, secret, kind, state, direction, pending, attempt, opened_by AS "openedBy", reason,
      ${time("opened_at")} AS "openedAt", ${time("changed_at")} AS "changedAt", ${
      time("closed_at")
    } AS "closedAt", outcome, driver,
      (extract(epoch FROM clock_timestamp() - driver_seen) * 1000)::float8 AS "driverAgeMs", stopped`

    const records = (rows: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) =>
      rows.pipe(
        Effect.flatMap(decodeRows),
        Effect.catchTag("SchemaError", Effect.die),
        Effect.map((found) =>
          found.map(({ driver, driverAgeMs, ...row }): RotationRecord => ({
            ...row,
            driver: driver === null ? null : { instance: driver, ageMs: driverAgeMs ?? 0 }
          }))
        )
      )
    const one = (rows: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) =>
      Effect.map(records(rows), ([record]) => record)

    /** One entry and its link of the audit chain. */
    const enter = Effect.fnUntraced(function*(
      before: RotationRecord | undefined,
      after: RotationRecord,
      entry: Pick<RotationEntry, "step" | "phase" | "forced" | "detail">,
      author: Author
    ) {
      const forced = entry.forced === null ? null : JSON.stringify(entry.forced)
      yield* sql`INSERT INTO secret_rotation_steps (rotation_id, seq, step, phase, state, made_by, made_at, reason, forced, detail)
        VALUES (${after.id}, (SELECT coalesce(max(seq), 0) + 1 FROM secret_rotation_steps WHERE rotation_id = ${after.id}),
          ${entry.step}, ${entry.phase}, ${after.state}, ${author.actor}, clock_timestamp(), ${author.reason},
          ${forced}::text::jsonb, ${entry.detail})`
      yield* audit.record(draftOf(before, after, entry, author))
    })

    const lost = (rotation: RotationRecord) => new RotationLost({ secret: rotation.secret })

    return RotationJournal.of({
      newest: records(
        sql`SELECT DISTINCT ON (secret) ${columns} FROM secret_rotations ORDER BY secret, secret_rotations.id DESC`
      ).pipe(
        Effect.mapError(unavailable)
      ),
      find: (secret) =>
        one(
          sql`SELECT ${columns} FROM secret_rotations WHERE secret = ${secret} ORDER BY secret_rotations.id DESC LIMIT 1`
        ).pipe(
          Effect.mapError(unavailable)
        ),
      entries: (id) =>
        sql`SELECT seq, step, phase, state, made_by AS "by", ${time("made_at")} AS "at", reason, forced, detail
          FROM secret_rotation_steps WHERE rotation_id = ${id} ORDER BY seq DESC LIMIT 200`.pipe(
          Effect.flatMap(decodeEntries),
          Effect.catchTag("SchemaError", Effect.die),
          Effect.map((rows) => rows.toReversed()),
          Effect.mapError(unavailable)
        ),
      open: Effect.fn("RotationJournal.open")(
        function*(secret, kind, author) {
          const made = yield* one(sql`INSERT INTO secret_rotations
            (secret, kind, state, pending, attempt, opened_by, reason, correlation_id)
          VALUES (${secret}, ${kind}, 'STEADY', 'stage', 1, ${author.actor}, ${author.reason}, ${author.correlationId})
          ON CONFLICT (secret) WHERE closed_at IS NULL DO NOTHING RETURNING ${columns}`)
          if (made === undefined) return yield* new RotationIsOpen({ secret })
          yield* enter(undefined, made, { step: "stage", phase: "intent", forced: null, detail: "" }, author)
          return made
        },
        sql.withTransaction,
        reachable
      ),
      intend: Effect.fn("RotationJournal.intend")(
        function*(rotation, step, author, forced) {
          const after = yield* one(
            sql`UPDATE secret_rotations SET pending = ${step}, attempt = attempt + 1, changed_at = clock_timestamp(), stopped = NULL
          WHERE id = ${rotation.id} AND attempt = ${rotation.attempt} AND closed_at IS NULL RETURNING ${columns}`
          )
          if (after === undefined) return yield* lost(rotation)
          yield* enter(rotation, after, { step, phase: "intent", forced, detail: "" }, author)
          return after
        },
        sql.withTransaction,
        reachable
      ),
      fenced: (rotation) => (work) =>
        Effect.gen(function*() {
          const [held] = yield* Effect.mapError(
            sql`SELECT 1 FROM secret_rotations WHERE id = ${rotation.id} AND attempt = ${rotation.attempt} FOR UPDATE`,
            unavailable
          )
          if (held === undefined) return yield* lost(rotation)
          return yield* work
        }).pipe(
          sql.withTransaction,
          Effect.mapError((error) => error instanceof SqlError.SqlError ? unavailable(error) : error)
        ),
      done: Effect.fn("RotationJournal.done")(
        function*(rotation, { detail, direction, outcome, state }, author) {
          const after = yield* one(
            sql`UPDATE secret_rotations SET state = ${state}, direction = ${direction}, pending = NULL,
            changed_at = clock_timestamp(), outcome = ${outcome},
            closed_at = CASE WHEN ${outcome}::text IS NULL THEN NULL ELSE clock_timestamp() END
          WHERE id = ${rotation.id} AND attempt = ${rotation.attempt} AND pending IS NOT NULL RETURNING ${columns}`
          )
          if (after === undefined || rotation.pending === null) return yield* lost(rotation)
          yield* enter(rotation, after, { step: rotation.pending, phase: "done", forced: null, detail }, author)
          return after
        },
        sql.withTransaction,
        reachable
      ),
      failed: (rotation, author, said) => {
        const entry = {
          step: rotation.pending ?? "stage",
          phase: "failed" as const,
          forced: null,
          detail: said.slice(0, 1_000)
        }
        return Effect.mapError(sql.withTransaction(enter(rotation, rotation, entry, author)), unavailableOf)
      },
      driven: (id, driver, stopped) =>
        sql`UPDATE secret_rotations SET driver = ${driver}, driver_seen = clock_timestamp(), stopped = ${stopped}
          WHERE id = ${id}`.pipe(Effect.asVoid, Effect.mapError(unavailable)),
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
              () => new RotationBusy({ secret })
            ),
            // A connection that cannot be asked any more has lost the lock with itself.
            () => ask("pg_advisory_unlock").pipe(droppedAt("rotation.unlock", "A rotation could not be unlocked."))
          )
          return yield* work
        }).pipe(Effect.scoped)
    })
  })
)

const unavailable = (error: SqlError.SqlError) => new JournalUnavailable({ detail: error.reason._tag })
const unavailableOf = (error: SqlError.SqlError | ConfigAuditFailed) =>
  error instanceof SqlError.SqlError ? unavailable(error) : new JournalUnavailable({ detail: error.detail })

const reachable = <A, E>(effect: Effect.Effect<A, E | SqlError.SqlError | ConfigAuditFailed>) =>
  Effect.mapError(
    effect,
    (error) => error instanceof SqlError.SqlError || error instanceof ConfigAuditFailed ? unavailableOf(error) : error
  )
