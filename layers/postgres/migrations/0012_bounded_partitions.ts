import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Partitions are made for a year ahead at most. Each is a table, and writers of events wait while it is attached, so
 * whoever has the programs' password is not let make any number of them.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // As before, within the bound.
  yield* sql`CREATE OR REPLACE FUNCTION ensure_event_partitions(months_ahead int DEFAULT 3) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    this_month timestamptz := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
    month_start timestamptz;
    month_end timestamptz;
    name text;
    made int := 0;
  BEGIN
    IF months_ahead IS NULL OR months_ahead NOT BETWEEN 0 AND 12 THEN
      RAISE EXCEPTION 'partitions are made for 0 to 12 months ahead' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('mutt.event_partitions'));
    FOR step IN -1 .. months_ahead LOOP
      month_start := ((this_month AT TIME ZONE 'UTC') + make_interval(months => step)) AT TIME ZONE 'UTC';
      month_end := ((this_month AT TIME ZONE 'UTC') + make_interval(months => step + 1)) AT TIME ZONE 'UTC';
      name := 'event_audit_log_' || to_char(month_start AT TIME ZONE 'UTC', 'YYYY_MM');
      CONTINUE WHEN to_regclass(quote_ident(name)) IS NOT NULL;
      EXECUTE format('CREATE TABLE %I (LIKE event_audit_log INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
      LOCK TABLE event_audit_log IN SHARE ROW EXCLUSIVE MODE;
      LOCK TABLE event_audit_log_default IN ACCESS EXCLUSIVE MODE;
      EXECUTE format(
        'WITH moved AS (DELETE FROM event_audit_log_default WHERE event_timestamp >= %L AND event_timestamp < %L RETURNING *)
         INSERT INTO %I SELECT * FROM moved', month_start, month_end, name);
      EXECUTE format('ALTER TABLE event_audit_log ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        name, month_start, month_end);
      made := made + 1;
    END LOOP;
    RETURN made;
  END $$`
  yield* sql`DO $$
  BEGIN
    EXECUTE format('ALTER FUNCTION ensure_event_partitions(int) SET search_path = %I, pg_temp', current_schema());
  END $$`
})
