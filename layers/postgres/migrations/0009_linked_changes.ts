import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Rules, hosts, teams and settings change only together with a link of the audit chain that says the same. It is looked
 * for when the transaction ends, since programs write the change first. Whoever logged in as the owner is let pass: the
 * triggers are his.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  // Arguments: the column that names the record, then the columns that a link tells. A rule that was deleted stays as a
  // row and counts as gone.
  yield* sql`CREATE FUNCTION require_audit_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
        AND link.id >= (SELECT since FROM audit_chain_head WHERE xid = pg_current_xact_id())
        AND CASE
          WHEN before IS NULL THEN link.old_values IS NULL AND link.new_values = after
          WHEN after IS NULL THEN link.new_values IS NULL AND link.old_values = before
          ELSE before || link.new_values = after AND after || link.old_values = before
        END) THEN
      RAISE EXCEPTION 'a change of % needs its link in the audit chain', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
  END $$`

  // Host zones are one setting and many records: each entry that came or went has a link.
  yield* sql`CREATE FUNCTION require_setting_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    first bigint := (SELECT since FROM audit_chain_head WHERE xid = pg_current_xact_id());
    linked boolean;
  BEGIN
    IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
      RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'config_ledger' THEN
      linked := NEW.version = OLD.version + 1 AND EXISTS (SELECT FROM config_audit_log WHERE id >= first);
    ELSIF TG_TABLE_NAME = 'config_revisions' THEN
      linked := EXISTS (SELECT FROM config_audit_log WHERE id >= first AND (
        table_name = 'dynamic_config' AND record_id = NEW.key
          AND new_values = jsonb_build_object('value', NEW.new_value, 'version', NEW.version) AND old_values -> 'value' = NEW.old_value
        OR NEW.key = 'host_zones' AND table_name = 'host_zones'
          AND coalesce(new_values, 'null') = NEW.new_value AND coalesce(old_values, 'null') = NEW.old_value));
    ELSIF coalesce(NEW.key, OLD.key) = 'host_zones' THEN
      linked := NOT EXISTS (
        (SELECT value FROM jsonb_array_elements(NEW.value) EXCEPT SELECT value FROM jsonb_array_elements(OLD.value))
        EXCEPT SELECT new_values FROM config_audit_log WHERE id >= first AND table_name = 'host_zones')
      AND NOT EXISTS (
        (SELECT value FROM jsonb_array_elements(OLD.value) EXCEPT SELECT value FROM jsonb_array_elements(NEW.value))
        EXCEPT SELECT old_values FROM config_audit_log WHERE id >= first AND table_name = 'host_zones')
      AND TG_OP <> 'DELETE' AND first IS NOT NULL;
    ELSE
      linked := EXISTS (SELECT FROM config_audit_log
        WHERE id >= first AND table_name = 'dynamic_config' AND record_id = coalesce(NEW.key, OLD.key)
          AND (TG_OP = 'INSERT' OR old_values -> 'value' = OLD.value)
          AND CASE WHEN TG_OP = 'DELETE' THEN operation = 'DELETE' ELSE operation <> 'DELETE' AND new_values -> 'value' = NEW.value END)
        AND (TG_OP <> 'UPDATE' OR NEW.key = OLD.key);
    END IF;
    IF linked IS NOT TRUE THEN
      RAISE EXCEPTION 'a change of % needs its link in the audit chain', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
  END $$`

  yield* sql`CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    IF NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
      RAISE EXCEPTION '% is not emptied at once', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
  END $$`

  const told = {
    alert_rules:
      "'id', 'match_string', 'trap_oid', 'syslog_severity', 'match_type', 'priority', 'prod_handling', 'dev_handling', "
      + "'team_assignment', 'is_active'",
    development_hosts: "'hostname', 'hostname'",
    device_teams: "'hostname', 'hostname', 'team_assignment'"
  }
  for (const [table, columns] of Object.entries(told)) {
    yield* sql`CREATE CONSTRAINT TRIGGER ${sql(`${table}_linked`)} AFTER INSERT OR UPDATE OR DELETE ON ${sql(table)}
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit_link(${sql.literal(columns)})`
  }
  // A new epoch alone changes no setting: the version goes on counting.
  for (
    const [table, change] of [
      ["config_settings", "INSERT OR UPDATE OR DELETE"],
      ["config_revisions", "INSERT"],
      ["config_ledger", "UPDATE OF version"]
    ] as const
  ) {
    yield* sql`CREATE CONSTRAINT TRIGGER ${sql(`${table}_linked`)} AFTER ${sql.literal(change)} ON ${sql(table)}
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_setting_link()`
  }
  for (const table of [...Object.keys(told), "config_settings", "config_ledger"]) {
    yield* sql`CREATE TRIGGER ${sql(`${table}_whole`)} BEFORE TRUNCATE ON ${sql(table)}
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()`
  }
  yield* sql`DO $$
  DECLARE
    signature text;
  BEGIN
    FOREACH signature IN ARRAY ARRAY['require_audit_link()', 'require_setting_link()', 'refuse_truncate()'] LOOP
      EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', signature, current_schema());
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', signature);
    END LOOP;
  END $$`
})
