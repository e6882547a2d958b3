import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Creates the record of who changed what, an append-only table: it refuses UPDATE and DELETE, whoever asks. Rows form a
 * chain: `id` counts without a gap, and `entry_hash` covers the row and, through `previous_hash`, all rows before it.
 * Whoever adds one locks the single row of `audit_chain_head` until the transaction ends.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE config_audit_log (
    id bigint PRIMARY KEY,
    changed_at timestamptz NOT NULL,
    changed_by varchar(100) NOT NULL CONSTRAINT chk_changed_by CHECK (changed_by <> ''),
    operation varchar(10) NOT NULL CONSTRAINT chk_operation CHECK (operation IN ('CREATE', 'UPDATE', 'DELETE')),
    table_name varchar(50) NOT NULL CONSTRAINT chk_table_name CHECK (table_name <> ''),
    record_id text NOT NULL,
    old_values jsonb,
    new_values jsonb,
    reason text,
    correlation_id text,
    previous_hash text NOT NULL CONSTRAINT chk_previous_hash CHECK (previous_hash ~ '^[0-9a-f]{64}$'),
    entry_hash text NOT NULL CONSTRAINT chk_entry_hash CHECK (entry_hash ~ '^[0-9a-f]{64}$')
  )`
  yield* sql`CREATE TABLE audit_chain_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    id bigint NOT NULL,
    entry_hash text NOT NULL
  )`
  yield* sql`INSERT INTO audit_chain_head (id, entry_hash) VALUES (0, repeat('0', 64))`
  yield* sql`CREATE INDEX config_audit_log_record ON config_audit_log (table_name, record_id, id DESC)`
  yield* sql`CREATE INDEX config_audit_log_who ON config_audit_log (changed_by, id DESC)`
  yield* sql`CREATE INDEX config_audit_log_correlation ON config_audit_log (correlation_id) WHERE correlation_id IS NOT NULL`
  yield* sql`CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'config_audit_log is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END $$`
  yield* sql`CREATE TRIGGER config_audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON config_audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`
})
