import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * The journal of rotations changes only together with a link of the audit chain that says the same, as rules and
 * settings do. Who goes on with a rotation, and why nobody does, has no link: that changes every few seconds.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE FUNCTION require_rotation_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    first bigint := (SELECT since FROM audit_chain_head WHERE xid = pg_current_xact_id());
    linked boolean;
  BEGIN
    IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
      RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'secret_rotation_steps' THEN
      linked := EXISTS (SELECT FROM config_audit_log WHERE id >= first AND table_name = 'secret_rotation'
        AND record_id = (SELECT secret FROM secret_rotations WHERE secret_rotations.id = NEW.rotation_id)
        AND changed_by = NEW.made_by AND config_audit_log.reason IS NOT DISTINCT FROM NEW.reason
        AND new_values @> jsonb_build_object('rotation', NEW.rotation_id, 'step', NEW.step, 'phase', NEW.phase, 'state', NEW.state)
        AND coalesce(new_values ->> 'detail', '') = NEW.detail
        AND (new_values -> 'forced' IS NULL) = (NEW.forced IS NULL));
    ELSE
      linked := EXISTS (SELECT FROM config_audit_log WHERE id >= first AND table_name = 'secret_rotation'
        AND record_id = NEW.secret
        AND new_values @> jsonb_build_object('rotation', NEW.id, 'state', NEW.state, 'direction', NEW.direction,
          'step', coalesce(NEW.pending, OLD.pending), 'phase', CASE WHEN NEW.pending IS NULL THEN 'done' ELSE 'intent' END)
        AND CASE WHEN TG_OP = 'INSERT' THEN old_values IS NULL AND changed_by = NEW.opened_by
          ELSE old_values = jsonb_build_object('state', OLD.state, 'direction', OLD.direction) END);
    END IF;
    IF linked IS NOT TRUE THEN
      RAISE EXCEPTION 'a change of % needs its link in the audit chain', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
  END $$`
  for (
    const [table, change] of [
      ["secret_rotations", "INSERT OR UPDATE OF state, direction, pending, attempt, closed_at, outcome"],
      ["secret_rotation_steps", "INSERT"]
    ] as const
  ) {
    yield* sql`CREATE CONSTRAINT TRIGGER ${sql(`${table}_linked`)} AFTER ${sql.literal(change)} ON ${sql(table)}
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_rotation_link()`
  }
  yield* sql`REVOKE EXECUTE ON FUNCTION require_rotation_link() FROM PUBLIC`
  yield* sql`DO $$
  BEGIN
    EXECUTE format('ALTER FUNCTION require_rotation_link() SET search_path = %I, pg_temp', current_schema());
  END $$`
})
