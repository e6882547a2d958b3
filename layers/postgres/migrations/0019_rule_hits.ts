import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * How often each rule decided, by the hour in which its events arrived. Alerters add what they counted; it is no record,
 * and not exact. It goes with the events, by a function of the owner's.
 *
 * Links of the audit chain note the transaction that made them, so that a change finds its link at once. It asked the
 * head of the chain, of which a transaction with many links leaves as many dead rows to read, each time.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // No reference to alert_rules: a rule that was deleted stays there as a row, and so do its hits.
  yield* sql`CREATE TABLE rule_hits (
    rule_id int NOT NULL,
    hour timestamptz NOT NULL,
    forwarded bigint NOT NULL CONSTRAINT chk_forwarded CHECK (forwarded >= 0),
    suppressed bigint NOT NULL CONSTRAINT chk_suppressed CHECK (suppressed >= 0),
    last_hit timestamptz NOT NULL,
    PRIMARY KEY (rule_id, hour)
  ) WITH (fillfactor = 70)`
  yield* sql`CREATE INDEX rule_hits_hour ON rule_hits (hour)`
  yield* sql`CREATE FUNCTION apply_hit_retention(keep_days int, batch int) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    gone int;
  BEGIN
    IF keep_days IS NULL OR keep_days < 1 OR keep_days < (SELECT days FROM retention_floor) THEN
      RAISE EXCEPTION 'hits are kept for % days at least', (SELECT greatest(days, 1) FROM retention_floor)
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM rule_hits WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM rule_hits WHERE hour < now() - make_interval(days => keep_days) LIMIT batch));
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
  END $$`
  yield* sql`REVOKE ALL ON FUNCTION apply_hit_retention(int, int) FROM PUBLIC`

  // Nullable, so that no row is written anew. Whoever adds a link does not say this.
  yield* sql`ALTER TABLE config_audit_log ADD COLUMN xid xid8`
  yield* sql`CREATE FUNCTION note_link_transaction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    NEW.xid := pg_current_xact_id();
    RETURN NEW;
  END $$`
  yield* sql`CREATE TRIGGER config_audit_log_xid BEFORE INSERT ON config_audit_log
    FOR EACH ROW EXECUTE FUNCTION note_link_transaction()`
  // Numbers of transactions begin anew in a database that is restored from a dump: a link of before is no proof.
  yield* sql`CREATE OR REPLACE FUNCTION require_audit_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    before jsonb;
    after jsonb;
    record_key text;
  BEGIN
    IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
      RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' AND to_jsonb(OLD) ->> 'deleted_at' IS NULL THEN
      record_key := to_jsonb(OLD) ->> TG_ARGV[0];
      before := (SELECT jsonb_object_agg(name, to_jsonb(OLD) -> name) FROM unnest(TG_ARGV[1:]) AS t (name));
    END IF;
    IF TG_OP <> 'DELETE' AND to_jsonb(NEW) ->> 'deleted_at' IS NULL THEN
      record_key := to_jsonb(NEW) ->> TG_ARGV[0];
      after := (SELECT jsonb_object_agg(name, to_jsonb(NEW) -> name) FROM unnest(TG_ARGV[1:]) AS t (name));
    END IF;
    IF NOT EXISTS (SELECT FROM config_audit_log link
      WHERE link.table_name = TG_TABLE_NAME AND link.record_id = record_key
        AND link.xid = pg_current_xact_id() AND link.changed_at > now() - interval '1 day'
        AND CASE
          WHEN before IS NULL THEN link.old_values IS NULL AND (link.new_values = after
            OR TG_TABLE_NAME = 'alert_rules' AND after ->> 'name' ~ ('^rule-' || record_key || '(-[0-9]+)?$')
              AND link.new_values = after - 'name')
          WHEN after IS NULL THEN link.new_values IS NULL AND (link.old_values = before
            OR TG_TABLE_NAME = 'alert_rules' AND link.old_values = before - 'name')
          ELSE before || link.new_values = after AND after || link.old_values = before
        END) THEN
      RAISE EXCEPTION 'a change of % needs its link in the audit chain', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
  END $$`

  yield* sql`REVOKE ALL ON FUNCTION note_link_transaction() FROM PUBLIC`
  yield* sql`DO $$
  DECLARE
    signature text;
  BEGIN
    FOREACH signature IN ARRAY ARRAY['apply_hit_retention(int, int)', 'note_link_transaction()', 'require_audit_link()'] LOOP
      EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', signature, current_schema());
    END LOOP;
  END $$`
})
