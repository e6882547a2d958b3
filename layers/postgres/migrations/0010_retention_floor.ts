import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Days for which events are kept whatever the setting says: the owner of the schema says how many, the programs read
 * it. Who keeps them for less than a month already goes on so.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE retention_floor (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    days int NOT NULL CONSTRAINT chk_days CHECK (days BETWEEN 1 AND 3650)
  )`
  yield* sql`INSERT INTO retention_floor (days)
    SELECT least(30, (SELECT value::int FROM config_settings WHERE key = 'event_retention_days'))`

  // As before, above the floor.
  yield* sql`CREATE OR REPLACE FUNCTION apply_event_retention(keep_days int, batch int) RETURNS TABLE (dropped text, events bigint)
  LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '2s' SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
  DECLARE
    cutoff timestamptz := now() - make_interval(days => keep_days);
    expired record;
  BEGIN
    IF keep_days IS NULL OR keep_days < 1 THEN
      RAISE EXCEPTION 'events are kept for a day at least' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF keep_days < (SELECT days FROM retention_floor) THEN
      RAISE EXCEPTION 'events are kept for % days at least', (SELECT days FROM retention_floor) USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('mutt.event_partitions'));
    SELECT part.oid, part.relname, part.reltuples INTO expired
      FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid,
        LATERAL (SELECT substring(pg_get_expr(part.relpartbound, part.oid) FROM 'TO [(]''([^'']+)''[)]')::timestamptz AS month_end) bound
      WHERE inhparent = 'event_audit_log'::regclass AND month_end <= cutoff
      ORDER BY month_end LIMIT 1;
    IF FOUND THEN
      dropped := expired.relname;
      events := expired.reltuples;
      IF events < 0 THEN
        EXECUTE format('SELECT count(*) FROM %s', expired.oid::regclass) INTO events;
      END IF;
      EXECUTE format('DROP TABLE %s', expired.oid::regclass);
      RETURN NEXT;
      RETURN;
    END IF;
    DELETE FROM event_audit_log_default WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM event_audit_log_default WHERE recorded_at < cutoff LIMIT batch));
    GET DIAGNOSTICS events = ROW_COUNT;
    IF events > 0 THEN
      RETURN NEXT;
    END IF;
  END $$`
  yield* sql`DO $$
  DECLARE
    reader record;
  BEGIN
    EXECUTE format('ALTER FUNCTION apply_event_retention(int, int) SET search_path = %I, pg_temp', current_schema());
    FOR reader IN SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS name
      FROM pg_proc, aclexplode(proacl) WHERE oid = 'apply_event_retention(int, int)'::regprocedure AND grantee <> proowner
    LOOP
      EXECUTE format('GRANT SELECT ON retention_floor TO %s', reader.name);
    END LOOP;
  END $$`
})
