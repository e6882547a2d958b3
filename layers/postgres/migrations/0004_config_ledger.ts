import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Creates the tables of dynamic settings: those that differ from their defaults, every change as an immutable revision,
 * and an outbox of versions that Redis may not have yet. Each change locks the single row of `config_ledger`.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE config_ledger (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch uuid NOT NULL DEFAULT gen_random_uuid(),
    version bigint NOT NULL DEFAULT 0
  )`
  yield* sql`INSERT INTO config_ledger DEFAULT VALUES`
  yield* sql`CREATE TABLE config_settings (
    key text PRIMARY KEY,
    value jsonb NOT NULL
  )`
  yield* sql`CREATE TABLE config_revisions (
    version bigint NOT NULL,
    key text NOT NULL,
    old_value jsonb NOT NULL,
    new_value jsonb NOT NULL,
    is_unset boolean NOT NULL,
    changed_by varchar(100) NOT NULL,
    changed_at timestamptz NOT NULL,
    reason text,
    correlation_id text,
    PRIMARY KEY (version, key)
  )`
  yield* sql`CREATE INDEX config_revisions_key ON config_revisions (key, version DESC)`
  yield* sql`CREATE FUNCTION refuse_revision_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'config_revisions is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END $$`
  yield* sql`CREATE TRIGGER config_revisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON config_revisions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_revision_change()`
  yield* sql`CREATE TABLE config_requests (
    idempotency_key varchar(128) PRIMARY KEY,
    request_hash text NOT NULL,
    version bigint NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
  )`
  yield* sql`CREATE INDEX config_requests_age ON config_requests (made_at)`
  yield* sql`CREATE TABLE config_outbox (version bigint PRIMARY KEY)`
})
