import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Lets an event be explained: by which version of the rules it was decided, what held it back, and when its alert was
 * delivered. Deliveries are added and never changed; they go with the events, by a function of the owner's.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // Nullable, so that no row is written anew.
  yield* sql`ALTER TABLE event_audit_log ADD COLUMN rules_version bigint, ADD COLUMN cause text, ADD COLUMN cause_id text`
  yield* sql`CREATE TABLE alert_deliveries (
    alert_id text PRIMARY KEY CONSTRAINT chk_alert_id CHECK (length(alert_id) <= 255),
    delivered_at timestamptz NOT NULL,
    tries int NOT NULL,
    attempts text NOT NULL
  )`
  yield* sql`CREATE INDEX alert_deliveries_at ON alert_deliveries USING brin (delivered_at) WITH (autosummarize = on)`
  yield* sql`CREATE FUNCTION apply_delivery_retention(keep_days int, batch int) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    gone int;
  BEGIN
    IF keep_days IS NULL OR keep_days < 1 OR keep_days < (SELECT days FROM retention_floor) THEN
      RAISE EXCEPTION 'deliveries are kept for % days at least', (SELECT greatest(days, 1) FROM retention_floor)
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM alert_deliveries WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM alert_deliveries WHERE delivered_at < now() - make_interval(days => keep_days) LIMIT batch));
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
  END $$`
  yield* sql`REVOKE ALL ON FUNCTION apply_delivery_retention(int, int) FROM PUBLIC`
  yield* sql`DO $$
  BEGIN
    EXECUTE format('ALTER FUNCTION apply_delivery_retention(int, int) SET search_path = %I, pg_temp', current_schema());
  END $$`
})
