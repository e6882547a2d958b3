import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { RotationState, RotationStep } from "../../../src/domain/Rotation.ts"
import type { PasswordName } from "./SecretFile.ts"

/** Before a step, its intent is written down; after it, that it is done. `between` is anywhere in the middle. */
export const points = ["intent", "between", "done"] as const
export type Point = (typeof points)[number]

const Row = Schema.Struct({
  state: RotationState,
  pending: Schema.NullOr(RotationStep),
  open: Schema.Boolean,
  /** Why it went no further by itself. */
  stopped: Schema.NullOr(Schema.String)
})
type Row = typeof Row.Type

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))

/** The journal of rotations as it stands in the database, and a way to hold whoever writes it at one entry. */
export interface Journal {
  /** The newest rotation of a secret; `undefined` when there was none. */
  readonly newest: (name: PasswordName) => Effect.Effect<Row | undefined>
  /** Whoever writes this entry from now on waits before it is committed. */
  readonly hold: (step: RotationStep, phase: "intent" | "done") => Effect.Effect<void>
  /** Waits until somebody is held; `false` when that takes too long. */
  readonly held: Effect.Effect<boolean>
  /** Those who are held go on. */
  readonly release: Effect.Effect<void>
  /** Those who are held never come to an end, as when their program has died. */
  readonly abandon: Effect.Effect<void>
}

/**
 * Before the server would notice that a client has died, it would wait for what holds it. So the harness ends the
 * session instead.
 */
const sleeping = "usename <> current_user AND wait_event = 'PgSleep'"

export const makeJournal = (sql: SqlClient.SqlClient): Effect.Effect<Journal> =>
  Effect.gen(function*() {
    yield* sql`CREATE TABLE IF NOT EXISTS journal_hold (step text, phase text)`
    yield* sql.unsafe(`CREATE OR REPLACE FUNCTION hold_journal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        WHILE EXISTS (SELECT FROM public.journal_hold WHERE step = NEW.step AND phase = NEW.phase) LOOP
          PERFORM pg_sleep(0.002);
        END LOOP;
        RETURN NEW;
      END $$`)
    yield* sql.unsafe(`CREATE OR REPLACE TRIGGER hold_journal BEFORE INSERT ON secret_rotation_steps
      FOR EACH ROW EXECUTE FUNCTION hold_journal()`)
    const release = Effect.orDie(Effect.asVoid(sql`DELETE FROM journal_hold`))
    const look: Effect.Effect<void> = sql.unsafe<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE ${sleeping}`
    ).pipe(
      Effect.orDie,
      Effect.flatMap(([row]) => (row?.count ?? 0) > 0 ? Effect.void : Effect.andThen(Effect.sleep("5 millis"), look))
    )
    const journal: Journal = {
      newest: (name) =>
        sql`SELECT state, pending, closed_at IS NULL AS open, stopped FROM secret_rotations
          WHERE secret = ${name} ORDER BY id DESC LIMIT 1`.pipe(
          Effect.flatMap(decodeRows),
          Effect.map(([row]) => row),
          Effect.orDie
        ),
      hold: (step, phase) => Effect.orDie(Effect.asVoid(sql`INSERT INTO journal_hold VALUES (${step}, ${phase})`)),
      held: look.pipe(
        Effect.as(true),
        Effect.timeoutOrElse({ duration: "3 minutes", orElse: () => Effect.succeed(false) })
      ),
      release,
      abandon: sql.unsafe(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${sleeping}`).pipe(
        Effect.orDie,
        Effect.andThen(release)
      )
    }
    return journal
  }).pipe(Effect.orDie)
