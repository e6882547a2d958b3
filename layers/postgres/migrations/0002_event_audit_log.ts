import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Creates the record of every event, in monthly partitions. They are made ahead, and rows outside of them go to a
 * default partition, so an odd timestamp never fails an insert.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE event_audit_log (
    event_id uuid NOT NULL,
    event_timestamp timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    hostname varchar(255) NOT NULL,
    correlation_id text NOT NULL,
    outcome text NOT NULL CONSTRAINT chk_outcome CHECK (outcome IN ('forwarded', 'suppressed', 'unmatched')),
    severity smallint CONSTRAINT chk_severity CHECK (severity BETWEEN 0 AND 7),
    environment text NOT NULL,
    matched_rule_id int,
    handling_decision text,
    team_assignment text NOT NULL,
    forwarded_to_moog boolean NOT NULL DEFAULT false,
    reason text NOT NULL,
    raw_message text NOT NULL,
    PRIMARY KEY (event_timestamp, event_id)
  ) PARTITION BY RANGE (event_timestamp)`
  yield* sql`CREATE INDEX event_audit_log_host ON event_audit_log (hostname, event_timestamp DESC)`
  yield* sql`CREATE INDEX event_audit_log_correlation ON event_audit_log (correlation_id)`
  yield* sql`CREATE INDEX event_audit_log_rule ON event_audit_log (matched_rule_id) WHERE matched_rule_id IS NOT NULL`
  yield* sql`CREATE TABLE event_audit_log_default PARTITION OF event_audit_log DEFAULT`

  // A partition cannot be attached while the default partition holds rows of its month, so those move with it. Writers
  // wait at the parent meanwhile: one that had chosen the default partition before would fail when the month is taken
  // out.
  yield* sql`CREATE FUNCTION ensure_event_partitions(months_ahead int DEFAULT 3) RETURNS int LANGUAGE plpgsql AS $$
  DECLARE
    this_month timestamptz := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
    month_start timestamptz;
    month_end timestamptz;
    name text;
    made int := 0;
  BEGIN
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
})
