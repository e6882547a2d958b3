import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Keeps a list of the days of events that are archived, and lets go of none that is not, while the setting
 * `event_archive` names an archive.
 *
 * Rows of partitions belong to the day of their own time. Those of the default partition have odd times, so they belong
 * to the day on which they were recorded.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE event_archives (
    store text NOT NULL,
    object text NOT NULL,
    day date NOT NULL,
    odd boolean NOT NULL,
    rows bigint NOT NULL CONSTRAINT chk_rows CHECK (rows > 0),
    bytes bigint NOT NULL,
    sha256 text NOT NULL CONSTRAINT chk_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    first_id uuid NOT NULL,
    last_id uuid NOT NULL,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (day, odd, object, store)
  )`
  // Who archives renews it; when it is over, another one goes on.
  yield* sql`CREATE TABLE event_archive_claim (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    holder text NOT NULL,
    until timestamptz NOT NULL
  )`
  yield* sql`INSERT INTO event_archive_claim (holder, until) VALUES ('', now())`

  // A subquery that is asked for each day, as the planner might join with the whole record otherwise.
  yield* sql`CREATE FUNCTION unarchived_event_days() RETURNS TABLE (day date, odd boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET timezone = 'UTC' AS $$
    SELECT days.start::date, false
    FROM event_partitions() part,
      generate_series(part.starts, least(part.ends, now() - interval '1 day') - interval '1 day', interval '1 day') AS days(start)
    WHERE NOT EXISTS (SELECT FROM event_archives kept WHERE kept.day = days.start::date AND NOT kept.odd)
      AND (SELECT true FROM event_audit_log event
        WHERE event.event_timestamp >= days.start AND event.event_timestamp < days.start + interval '1 day' LIMIT 1)
    UNION ALL
    SELECT DISTINCT event.recorded_at::date, true
    FROM event_audit_log_default event
    WHERE event.recorded_at < date_trunc('day', now() - interval '1 day')
      AND NOT EXISTS (SELECT FROM event_archives kept WHERE kept.day = event.recorded_at::date AND kept.odd)
    ORDER BY 1, 2
  $$`
  yield* sql`CREATE FUNCTION event_archive_gaps(part text) RETURNS TABLE (day date)
  LANGUAGE plpgsql STABLE SET timezone = 'UTC' AS $$
  BEGIN
    RETURN QUERY EXECUTE format('SELECT counted.day
      FROM (SELECT event_timestamp::date AS day, count(*) AS found FROM %I GROUP BY 1) counted
      WHERE NOT EXISTS (SELECT FROM event_archives kept
        WHERE kept.day = counted.day AND NOT kept.odd AND kept.rows = counted.found) ORDER BY 1', part);
  END $$`
  yield* sql`CREATE FUNCTION changed_event_days(keep_days int) RETURNS TABLE (day date)
  LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT gap.day FROM event_partitions() part, LATERAL event_archive_gaps(part.name) gap
    WHERE part.ends <= now() - make_interval(days => keep_days) ORDER BY 1
  $$`
  yield* sql`CREATE FUNCTION claim_event_archiving(by_holder text, seconds int) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    UPDATE event_archive_claim SET holder = by_holder, until = clock_timestamp() + make_interval(secs => least(seconds, 3600))
    WHERE holder = by_holder OR until < clock_timestamp();
    RETURN FOUND;
  END $$`

  // The lines of a day as they are archived, by time and id, after one of them. Zone and style are those of the archive
  // and not of the session.
  yield* sql`CREATE FUNCTION event_archive_lines(on_day date, of_odd boolean, after_time timestamptz, after_id uuid, most int)
  RETURNS TABLE (lines text, counted int, first_id uuid, last_id uuid, last_time text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
  BEGIN
    IF of_odd THEN
      RETURN QUERY SELECT string_agg(row_to_json(event)::text, E'\\n'), count(*)::int,
          (array_agg(event.event_id))[1], (array_agg(event.event_id))[count(*)], max(event.event_timestamp)::text
        FROM (SELECT * FROM event_audit_log_default
          WHERE (event_timestamp, event_id) > (after_time, after_id) AND recorded_at >= on_day AND recorded_at < on_day + 1
          ORDER BY event_timestamp, event_id LIMIT most) event
        HAVING count(*) > 0;
    ELSE
      RETURN QUERY SELECT string_agg(row_to_json(event)::text, E'\\n'), count(*)::int,
          (array_agg(event.event_id))[1], (array_agg(event.event_id))[count(*)], max(event.event_timestamp)::text
        FROM (SELECT * FROM event_audit_log
          WHERE (event_timestamp, event_id) > (after_time, after_id)
            AND event_timestamp >= on_day AND event_timestamp < on_day + 1
          ORDER BY event_timestamp, event_id LIMIT most) event
        HAVING count(*) > 0;
    END IF;
  END $$`

  // As before while nothing is archived. Rows are counted without a lock that writers would feel; under the lock the
  // newest of them are looked for, by the index on recorded_at.
  yield* sql`CREATE OR REPLACE FUNCTION apply_event_retention(keep_days int, batch int) RETURNS TABLE (dropped text, events bigint)
  LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '2s' SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
  DECLARE
    cutoff timestamptz := now() - make_interval(days => keep_days);
    archived boolean := coalesce((SELECT value #>> '{}' FROM config_settings WHERE key = 'event_archive'), 'off') <> 'off';
    expired record;
    late boolean;
  BEGIN
    IF keep_days IS NULL OR keep_days < 1 THEN
      RAISE EXCEPTION 'events are kept for a day at least' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF keep_days < (SELECT days FROM retention_floor) THEN
      RAISE EXCEPTION 'events are kept for % days at least', (SELECT days FROM retention_floor) USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('mutt.event_partitions'));
    FOR expired IN
      SELECT part.name, class.reltuples FROM event_partitions() part JOIN pg_class class ON class.oid = to_regclass(quote_ident(part.name))
      WHERE part.ends <= cutoff ORDER BY part.ends
    LOOP
      IF archived THEN
        CONTINUE WHEN EXISTS (SELECT FROM event_archive_gaps(expired.name));
        LOCK TABLE ONLY event_audit_log IN ACCESS EXCLUSIVE MODE;
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE recorded_at >= now() - interval ''1 hour'')', expired.name) INTO late;
        EXIT WHEN late;
      END IF;
      dropped := expired.name;
      events := expired.reltuples;
      IF events < 0 THEN
        EXECUTE format('SELECT count(*) FROM %I', expired.name) INTO events;
      END IF;
      EXECUTE format('DROP TABLE %I', expired.name);
      RETURN NEXT;
      RETURN;
    END LOOP;
    DELETE FROM event_audit_log_default WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM event_audit_log_default WHERE recorded_at < cutoff AND (NOT archived OR recorded_at::date IN (
        SELECT counted.day FROM (SELECT recorded_at::date AS day, count(*) AS found FROM event_audit_log_default
          WHERE recorded_at < cutoff GROUP BY 1) counted
        WHERE EXISTS (SELECT FROM event_archives kept
          WHERE kept.day = counted.day AND kept.odd AND kept.rows >= counted.found)))
      LIMIT batch));
    GET DIAGNOSTICS events = ROW_COUNT;
    IF events > 0 THEN
      RETURN NEXT;
    END IF;
  END $$`
  yield* sql`DO $$
  DECLARE
    reader record;
    made regprocedure;
  BEGIN
    EXECUTE format('ALTER FUNCTION apply_event_retention(int, int) SET search_path = %I, pg_temp', current_schema());
    FOREACH made IN ARRAY ARRAY['unarchived_event_days()', 'event_archive_gaps(text)', 'changed_event_days(int)',
      'event_archive_lines(date, boolean, timestamptz, uuid, int)', 'claim_event_archiving(text, int)']::regprocedure[]
    LOOP
      EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', made, current_schema());
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', made);
    END LOOP;
    FOR reader IN SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS name
      FROM pg_proc, aclexplode(proacl) WHERE oid = 'apply_event_retention(int, int)'::regprocedure AND grantee <> proowner
    LOOP
      EXECUTE format('GRANT EXECUTE ON FUNCTION unarchived_event_days(), changed_event_days(int), claim_event_archiving(text, int),
        event_archive_lines(date, boolean, timestamptz, uuid, int) TO %s', reader.name);
      EXECUTE format('GRANT INSERT (store, object, day, odd, rows, bytes, sha256, first_id, last_id) ON event_archives TO %s', reader.name);
    END LOOP;
  END $$`
})
