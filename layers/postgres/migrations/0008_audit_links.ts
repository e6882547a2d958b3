import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Links of the audit chain are appended by a function that runs as the owner of the schema. What places a link (number,
 * previous hash, hash) and who wrote it come from the database, for whoever adds a row: programs of the version before,
 * which say number and hash themselves, are let in with exactly those. Bodies have no backslash: how that is read is
 * for the session to say.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`ALTER TABLE config_audit_log ADD COLUMN writer text`
  // Links since `since` were made by the transaction `xid`, which holds the row until it ends.
  yield* sql`ALTER TABLE audit_chain_head ADD COLUMN xid xid8, ADD COLUMN since bigint`

  // Numbers and names that PostgreSQL and ECMAScript might write in two ways are refused: no setting and no rule has
  // such.
  yield* sql`CREATE FUNCTION audit_canonical(value jsonb, depth int DEFAULT 0) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
  DECLARE
    number numeric;
  BEGIN
    IF depth > 20 THEN
      RAISE EXCEPTION 'the values of a link are nested too deeply' USING ERRCODE = 'program_limit_exceeded';
    END IF;
    CASE jsonb_typeof(value)
      WHEN 'object' THEN
        IF EXISTS (SELECT FROM jsonb_object_keys(value) AS k (name) WHERE encode(convert_to(name, 'UTF8'), 'hex') ~ '^(..)*f') THEN
          RAISE EXCEPTION 'the values of a link have a name that is not in the basic plane' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        RETURN (SELECT '{' || coalesce(string_agg(
            to_json(name)::text || ':' || audit_canonical(member, depth + 1), ',' ORDER BY name COLLATE "C"), '') || '}'
          FROM jsonb_each(value) AS m (name, member));
      WHEN 'array' THEN
        RETURN (SELECT '[' || coalesce(string_agg(audit_canonical(member, depth + 1), ',' ORDER BY place), '') || ']'
          FROM jsonb_array_elements(value) WITH ORDINALITY AS m (member, place));
      WHEN 'number' THEN
        number := (value #>> '{}')::numeric;
        IF number <> 0 AND NOT abs(number) BETWEEN 0.000001 AND 9007199254740991 THEN
          RAISE EXCEPTION 'the values of a link have a number out of range' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        RETURN trim_scale(number::float8::text::numeric)::text;
      ELSE
        RETURN value::text;
    END CASE;
  END $$`

  yield* sql`CREATE FUNCTION chain_audit_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET extra_float_digits = 1 AS $$
  DECLARE
    head record;
    hash text;
    entry text;
  BEGIN
    SELECT id + 1 AS next, entry_hash INTO head FROM audit_chain_head FOR UPDATE;
    NEW.changed_at := date_trunc('milliseconds', coalesce(NEW.changed_at, clock_timestamp()));
    IF coalesce(jsonb_typeof(NEW.old_values), 'object') <> 'object' OR coalesce(jsonb_typeof(NEW.new_values), 'object') <> 'object'
      OR NOT isfinite(NEW.changed_at) OR NOT extract(year FROM NEW.changed_at) BETWEEN 1970 AND 9998 THEN
      RAISE EXCEPTION 'a link of the audit chain cannot be like this' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    entry := '{"actor":' || to_json(NEW.changed_by)::text
      || ',"after":' || coalesce(audit_canonical(NEW.new_values), 'null')
      || ',"at":"' || to_char(NEW.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      || '","before":' || coalesce(audit_canonical(NEW.old_values), 'null')
      || ',"correlationId":' || coalesce(to_json(NEW.correlation_id)::text, 'null')
      || ',"key":' || to_json(NEW.record_id)::text
      || ',"operation":' || to_json(NEW.operation)::text
      || ',"reason":' || coalesce(to_json(NEW.reason)::text, 'null')
      || ',"seq":' || head.next
      || ',"table":' || to_json(NEW.table_name)::text || '}';
    IF octet_length(entry) > 1048576 THEN
      RAISE EXCEPTION 'a link of the audit chain is too large' USING ERRCODE = 'program_limit_exceeded';
    END IF;
    hash := encode(sha256(convert_to('mutt/audit/v1' || head.entry_hash || entry, 'UTF8')), 'hex');
    IF coalesce(NEW.id, head.next) <> head.next OR coalesce(NEW.previous_hash, head.entry_hash) <> head.entry_hash
      OR coalesce(NEW.entry_hash, hash) <> hash THEN
      RAISE EXCEPTION 'link % does not continue the audit chain', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.id := head.next;
    NEW.previous_hash := head.entry_hash;
    NEW.entry_hash := hash;
    NEW.writer := concat(session_user, '@', coalesce(host(inet_client_addr()), 'local'), ' ', current_setting('application_name'));
    RETURN NEW;
  END $$`

  yield* sql`CREATE FUNCTION advance_chain_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    UPDATE audit_chain_head SET id = NEW.id, entry_hash = NEW.entry_hash, xid = pg_current_xact_id(),
      since = CASE WHEN xid = pg_current_xact_id() THEN since ELSE NEW.id END;
    RETURN NULL;
  END $$`

  // Programs of the version before move the head themselves, to the link they have just added.
  yield* sql`CREATE FUNCTION guard_chain_head() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
      RETURN NEW;
    END IF;
    IF NEW.id <> OLD.id + 1 OR NOT EXISTS (SELECT FROM config_audit_log WHERE id = NEW.id AND entry_hash = NEW.entry_hash) THEN
      RAISE EXCEPTION 'the head of the audit chain follows its last link' USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.xid := OLD.xid;
    NEW.since := OLD.since;
    RETURN NEW;
  END $$`

  yield* sql`CREATE FUNCTION append_audit_link(actor text, operation text, table_name text, record_id text, old_values jsonb,
    new_values jsonb, reason text, correlation_id text) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
    INSERT INTO config_audit_log (changed_by, operation, table_name, record_id, old_values, new_values, reason, correlation_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
  $$`

  yield* sql`CREATE TRIGGER config_audit_log_chain BEFORE INSERT ON config_audit_log
    FOR EACH ROW EXECUTE FUNCTION chain_audit_link()`
  yield* sql`CREATE TRIGGER config_audit_log_head AFTER INSERT ON config_audit_log
    FOR EACH ROW EXECUTE FUNCTION advance_chain_head()`
  yield* sql`CREATE TRIGGER audit_chain_head_guard BEFORE UPDATE ON audit_chain_head
    FOR EACH ROW EXECUTE FUNCTION guard_chain_head()`

  // Whoever could add a link goes on so, by the function too, until `mutt migrate --app-role` says otherwise.
  yield* sql`DO $$
  DECLARE
    signature text;
    writer record;
  BEGIN
    FOREACH signature IN ARRAY ARRAY[
      'chain_audit_link()', 'advance_chain_head()', 'guard_chain_head()', 'audit_canonical(jsonb, int)',
      'append_audit_link(text, text, text, text, jsonb, jsonb, text, text)'
    ] LOOP
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', signature);
      -- Called for each value of a link, under the path of its caller.
      CONTINUE WHEN signature LIKE 'audit_canonical%';
      EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', signature, current_schema());
    END LOOP;
    FOR writer IN SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS name
      FROM pg_class, aclexplode(relacl) WHERE oid = 'config_audit_log'::regclass AND privilege_type = 'INSERT' AND grantee <> relowner
    LOOP
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', signature, writer.name);
    END LOOP;
  END $$`
})
