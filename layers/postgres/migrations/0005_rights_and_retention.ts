import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Lets the programs' role raise the version of the rules, make partitions and delete old events, through functions that
 * run as the owner of the schema. Their search path is fixed, so that nobody can put a table of his own in the way.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  // One small step for each call: the oldest partition that is past its time as a whole, else a batch of the default
  // partition, else nothing. Rows of the default partition have odd times of their own and are as old as their record.
  // Whoever writes events waits while a partition goes, so the lock is not waited for long. Partitions are counted by
  // what the planner knows, if it knows anything.
  yield* sql`CREATE FUNCTION apply_event_retention(keep_days int, batch int) RETURNS TABLE (dropped text, events bigint)
  LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '2s' SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
  DECLARE
    cutoff timestamptz := now() - make_interval(days => keep_days);
    expired record;
  BEGIN
    IF keep_days IS NULL OR keep_days < 1 THEN
      RAISE EXCEPTION 'events are kept for a day at least' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('mutt.event_partitions'));
    SELECT part.oid, part.relname, part.reltuples INTO expired
      FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid,
        LATERAL (SELECT substring(pg_get_expr(part.relpartbound, part.oid) FROM 'TO \\(''([^'']+)''\\)')::timestamptz AS month_end) bound
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

  yield* sql`ALTER FUNCTION ensure_event_partitions(int) SECURITY DEFINER`
  yield* sql`ALTER FUNCTION bump_rules_version() SECURITY DEFINER`
  yield* sql`DO $$
  DECLARE
    signature text;
  BEGIN
    FOREACH signature IN ARRAY ARRAY[
      'apply_event_retention(int, int)', 'ensure_event_partitions(int)', 'bump_rules_version()'
    ] LOOP
      EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', signature, current_schema());
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', signature);
    END LOOP;
  END $$`
})
