import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * How often each rule decided, by the hour in which its events arrived. Alerters add what they counted; it is no record,
 * and not exact. It goes with the events, by a function of the owner's.
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
  yield* sql`DO $$
  BEGIN
    EXECUTE format('ALTER FUNCTION apply_hit_retention(int, int) SET search_path = %I, pg_temp', current_schema());
  END $$`
})
