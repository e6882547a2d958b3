import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Creates the records of rotations: where each stands, and every step before and after it was done. They never hold a
 * secret. Of each secret one rotation is open at most; `attempt` counts how often steps were begun, so that only the
 * newest attempt can end one.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE secret_rotations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    secret varchar(100) NOT NULL,
    kind varchar(10) NOT NULL CHECK (kind IN ('postgres', 'redis', 'key')),
    state varchar(10) NOT NULL,
    direction varchar(10) NOT NULL DEFAULT 'forward' CHECK (direction IN ('forward', 'back')),
    pending varchar(10),
    attempt int NOT NULL DEFAULT 0,
    opened_by varchar(100) NOT NULL,
    reason text,
    correlation_id text,
    opened_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    outcome varchar(20) CHECK (outcome IN ('completed', 'rolled_back')),
    driver varchar(200),
    driver_seen timestamptz,
    stopped text
  )`
  yield* sql`CREATE UNIQUE INDEX secret_rotations_open ON secret_rotations (secret) WHERE closed_at IS NULL`
  yield* sql`CREATE INDEX secret_rotations_newest ON secret_rotations (secret, id DESC)`
  yield* sql`CREATE TABLE secret_rotation_steps (
    rotation_id bigint NOT NULL REFERENCES secret_rotations,
    seq int NOT NULL,
    step varchar(10) NOT NULL,
    phase varchar(10) NOT NULL CHECK (phase IN ('intent', 'done', 'failed')),
    state varchar(10) NOT NULL,
    made_by varchar(100) NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    reason text,
    forced jsonb,
    detail text NOT NULL DEFAULT '',
    PRIMARY KEY (rotation_id, seq)
  )`
  yield* sql`CREATE FUNCTION refuse_rotation_step_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'secret_rotation_steps is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END $$`
  yield* sql`CREATE TRIGGER secret_rotation_steps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON secret_rotation_steps
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rotation_step_change()`
})
