import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { declarePartitionIndex, type PartitionIndex } from "../partitionIndex.ts"

/** A third of the size of the index on the text: eight bytes of hash, whatever the id's length. */
export const correlationIndex: PartitionIndex = {
  name: "event_audit_log_correlation_hash",
  table: "event_audit_log",
  definition: "(hashtextextended(correlation_id, 0))"
}

/**
 * Keeps the record of events by days instead of months, so that `event_retention_days` is kept to the day and a table
 * stays small enough to be archived at once. Months that hold events stay; months ahead that are empty make room.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  yield* sql`CREATE FUNCTION event_partitions() RETURNS TABLE (name text, starts timestamptz, ends timestamptz)
  LANGUAGE sql STABLE SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
    SELECT part.relname::text, substring(bound.words FROM 'FROM [(]''([^'']+)''[)]')::timestamptz,
      substring(bound.words FROM 'TO [(]''([^'']+)''[)]')::timestamptz
    FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid,
      LATERAL (SELECT pg_get_expr(part.relpartbound, part.oid) AS words) bound
    WHERE inhparent = 'event_audit_log'::regclass AND bound.words <> 'DEFAULT'
  $$`
  yield* sql`DO $$
  DECLARE
    ahead record;
    used boolean;
  BEGIN
    EXECUTE format('ALTER FUNCTION event_partitions() SET search_path = %I, pg_temp', current_schema());
    FOR ahead IN SELECT name FROM event_partitions() WHERE starts > now() LOOP
      EXECUTE format('SELECT EXISTS (SELECT FROM %I)', ahead.name) INTO used;
      CONTINUE WHEN used;
      EXECUTE format('DROP TABLE %I', ahead.name);
    END LOOP;
  END $$`

  // Made anew under its name, since the number that it takes means days now. A program of the release before asks for 3,
  // which is enough for it. Who attaches a partition holds up writers, so it does not wait for long.
  yield* sql`CREATE FUNCTION ensure_event_partitions_by_day(days_ahead int) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '2s' SET timezone = 'UTC' AS $$
  DECLARE
    day_start timestamptz;
    name text;
    made int := 0;
  BEGIN
    IF days_ahead IS NULL OR days_ahead NOT BETWEEN 0 AND 31 THEN
      RAISE EXCEPTION 'partitions are made for 0 to 31 days ahead' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('mutt.event_partitions'));
    FOR step IN -1 .. days_ahead LOOP
      day_start := date_trunc('day', now()) + make_interval(days => step);
      name := 'event_audit_log_' || to_char(day_start, 'YYYY_MM_DD');
      CONTINUE WHEN to_regclass(quote_ident(name)) IS NOT NULL
        OR EXISTS (SELECT FROM event_partitions() part WHERE part.starts <= day_start AND part.ends > day_start);
      EXECUTE format('CREATE TABLE %I (LIKE event_audit_log INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
      LOCK TABLE event_audit_log IN SHARE ROW EXCLUSIVE MODE;
      LOCK TABLE event_audit_log_default IN ACCESS EXCLUSIVE MODE;
      EXECUTE format(
        'WITH moved AS (DELETE FROM event_audit_log_default WHERE event_timestamp >= %L AND event_timestamp < %L RETURNING *)
         INSERT INTO %I SELECT * FROM moved', day_start, day_start + interval '1 day', name);
      EXECUTE format('ALTER TABLE event_audit_log ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        name, day_start, day_start + interval '1 day');
      made := made + 1;
    END LOOP;
    RETURN made;
  END $$`
  yield* sql`DO $$
  DECLARE
    reader record;
  BEGIN
    EXECUTE format('ALTER FUNCTION ensure_event_partitions_by_day(int) SET search_path = %I, pg_temp', current_schema());
    REVOKE EXECUTE ON FUNCTION ensure_event_partitions_by_day(int), event_partitions() FROM PUBLIC;
    FOR reader IN SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS name
      FROM pg_proc, aclexplode(proacl) WHERE oid = 'ensure_event_partitions(int)'::regprocedure AND grantee <> proowner
    LOOP
      EXECUTE format('GRANT EXECUTE ON FUNCTION ensure_event_partitions_by_day(int) TO %s', reader.name);
    END LOOP;
    DROP FUNCTION ensure_event_partitions(int);
    ALTER FUNCTION ensure_event_partitions_by_day(int) RENAME TO ensure_event_partitions;
  END $$`

  // No release has had the index on the text, so it goes at once.
  yield* sql`DROP INDEX event_audit_log_correlation`
  yield* declarePartitionIndex(correlationIndex)
})
