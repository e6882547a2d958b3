import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Table → its key. */
const versioned = {
  alert_rules: "id",
  development_hosts: "hostname",
  device_teams: "hostname",
  rule_tests: "name"
}

/** The key of the table, then the columns that a link of the audit chain tells. */
const linked = {
  alert_rules:
    "'id', 'name', 'match_string', 'trap_oid', 'syslog_severity', 'match_type', 'priority', 'prod_handling', "
    + "'dev_handling', 'team_assignment', 'is_active'",
  rule_tests: "'name', 'name', 'test'"
}

/**
 * Gives rules names, and keeps rules, hosts, teams and tests as they were at each version. A transaction is one version,
 * however many statements it has. Programs of the version before go on: a rule that has no name gets one, and their
 * links need not tell it.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // Nobody changed these rules: `updated_at` stays, there is no new version, and no link.
  yield* sql`ALTER TABLE alert_rules DISABLE TRIGGER USER`
  yield* sql`ALTER TABLE alert_rules
    ADD COLUMN name varchar(64) CONSTRAINT chk_name CHECK (name ~ '^[a-z0-9][a-z0-9._-]*$'), ADD COLUMN version bigint`
  yield* sql`UPDATE alert_rules SET name = 'rule-' || id, version = (SELECT rules_version.version FROM rules_version)`
  yield* sql`ALTER TABLE alert_rules ALTER COLUMN name SET NOT NULL, ALTER COLUMN version SET NOT NULL`
  yield* sql`CREATE UNIQUE INDEX alert_rules_name ON alert_rules (name) WHERE deleted_at IS NULL`
  yield* sql`ALTER TABLE alert_rules ENABLE TRIGGER USER`

  yield* sql`CREATE TABLE rule_tests (
    name varchar(200) PRIMARY KEY CONSTRAINT chk_name CHECK (name <> ''),
    test text NOT NULL
  )`
  yield* sql`CREATE TABLE alert_rules_history (LIKE alert_rules, from_version bigint NOT NULL, to_version bigint,
    PRIMARY KEY (id, from_version))`
  yield* sql`ALTER TABLE alert_rules_history DROP COLUMN deleted_at`
  yield* sql`CREATE TABLE development_hosts_history (LIKE development_hosts, from_version bigint NOT NULL,
    to_version bigint, PRIMARY KEY (hostname, from_version))`
  yield* sql`CREATE TABLE device_teams_history (LIKE device_teams, from_version bigint NOT NULL, to_version bigint,
    PRIMARY KEY (hostname, from_version))`
  yield* sql`CREATE TABLE rule_tests_history (LIKE rule_tests, from_version bigint NOT NULL, to_version bigint,
    PRIMARY KEY (name, from_version))`
  // Links of the audit chain from `first_link` to `last_link` tell what changed, who changed it, and why.
  yield* sql`CREATE TABLE rule_versions (
    version bigint PRIMARY KEY,
    changed_at timestamptz NOT NULL,
    first_link bigint,
    last_link bigint
  )`
  yield* sql`ALTER TABLE rules_version ADD COLUMN xid xid8`
  yield* sql`INSERT INTO rule_versions (version, changed_at) SELECT version, changed_at FROM rules_version`

  yield* sql`CREATE OR REPLACE FUNCTION bump_rules_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    UPDATE rules_version SET version = version + 1, changed_at = clock_timestamp(), xid = pg_current_xact_id()
      WHERE xid IS DISTINCT FROM pg_current_xact_id();
    IF FOUND THEN
      INSERT INTO rule_versions (version, changed_at) SELECT version, changed_at FROM rules_version;
    END IF;
    RETURN NULL;
  END $$`
  // Whoever changes rules waits here for the others, before he reads what he changes.
  yield* sql`CREATE FUNCTION lock_rules() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
    SELECT version FROM rules_version FOR UPDATE
  $$`
  yield* sql`CREATE FUNCTION link_rules_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    UPDATE rule_versions SET first_link = head.since, last_link = head.id
      FROM audit_chain_head head WHERE head.xid = pg_current_xact_id() AND rule_versions.version = NEW.version;
    RETURN NULL;
  END $$`
  yield* sql`CREATE CONSTRAINT TRIGGER rule_versions_linked AFTER INSERT ON rule_versions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION link_rules_version()`

  yield* sql`CREATE FUNCTION name_rule() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    number int := 1;
  BEGIN
    IF NEW.name IS NULL THEN
      NEW.name := 'rule-' || NEW.id;
      WHILE EXISTS (SELECT FROM alert_rules WHERE name = NEW.name AND deleted_at IS NULL) LOOP
        number := number + 1;
        NEW.name := 'rule-' || NEW.id || '-' || number;
      END LOOP;
    END IF;
    NEW.version := (SELECT version FROM rules_version);
    RETURN NEW;
  END $$`
  yield* sql`CREATE TRIGGER alert_rules_named BEFORE INSERT OR UPDATE ON alert_rules
    FOR EACH ROW EXECUTE FUNCTION name_rule()`

  // What came and went within one version was never there. A rule that was deleted stays as a row and counts as gone.
  yield* sql`CREATE FUNCTION keep_rules_history() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    history text := TG_TABLE_NAME || '_history';
    present bigint := (SELECT version FROM rules_version);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      EXECUTE format('DELETE FROM %I WHERE to_version IS NULL AND from_version = $1', history) USING present;
      EXECUTE format('UPDATE %I SET to_version = $1 WHERE to_version IS NULL', history) USING present;
      RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
      EXECUTE format('DELETE FROM %1$I WHERE %2$I = ($1).%2$I AND to_version IS NULL AND from_version = $2', history, TG_ARGV[0])
        USING OLD, present;
      EXECUTE format('UPDATE %1$I SET to_version = $2 WHERE %2$I = ($1).%2$I AND to_version IS NULL', history, TG_ARGV[0])
        USING OLD, present;
    END IF;
    IF TG_OP <> 'DELETE' AND to_jsonb(NEW) ->> 'deleted_at' IS NULL THEN
      EXECUTE format('INSERT INTO %1$I SELECT * FROM jsonb_populate_record(NULL::%1$I, $1)', history)
        USING to_jsonb(NEW) || jsonb_build_object('from_version', present);
    END IF;
    RETURN NULL;
  END $$`

  yield* sql`CREATE OR REPLACE FUNCTION require_audit_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    before jsonb;
    after jsonb;
    record_key text;
  BEGIN
    IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
      RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' AND to_jsonb(OLD) ->> 'deleted_at' IS NULL THEN
      record_key := to_jsonb(OLD) ->> TG_ARGV[0];
      before := (SELECT jsonb_object_agg(name, to_jsonb(OLD) -> name) FROM unnest(TG_ARGV[1:]) AS t (name));
    END IF;
    IF TG_OP <> 'DELETE' AND to_jsonb(NEW) ->> 'deleted_at' IS NULL THEN
      record_key := to_jsonb(NEW) ->> TG_ARGV[0];
      after := (SELECT jsonb_object_agg(name, to_jsonb(NEW) -> name) FROM unnest(TG_ARGV[1:]) AS t (name));
    END IF;
    IF NOT EXISTS (SELECT FROM config_audit_log link
      WHERE link.table_name = TG_TABLE_NAME AND link.record_id = record_key
        AND link.id >= (SELECT since FROM audit_chain_head WHERE xid = pg_current_xact_id())
        AND CASE
          WHEN before IS NULL THEN link.old_values IS NULL AND (link.new_values = after
            OR TG_TABLE_NAME = 'alert_rules' AND after ->> 'name' ~ ('^rule-' || record_key || '(-[0-9]+)?$')
              AND link.new_values = after - 'name')
          WHEN after IS NULL THEN link.new_values IS NULL AND (link.old_values = before
            OR TG_TABLE_NAME = 'alert_rules' AND link.old_values = before - 'name')
          ELSE before || link.new_values = after AND after || link.old_values = before
        END) THEN
      RAISE EXCEPTION 'a change of % needs its link in the audit chain', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
  END $$`

  for (const table of ["alert_rules", "development_hosts", "device_teams"]) {
    yield* sql`DROP TRIGGER ${sql(`${table}_version`)} ON ${sql(table)}`
    const there = sql.literal(table === "alert_rules" ? "WHERE deleted_at IS NULL" : "")
    yield* sql`INSERT INTO ${sql(`${table}_history`)} SELECT kept.* FROM ${sql(table)}, rules_version,
      jsonb_populate_record(NULL::${sql(`${table}_history`)},
        to_jsonb(${sql(table)}) || jsonb_build_object('from_version', rules_version.version)) kept ${there}`
  }
  for (const [table, key] of Object.entries(versioned)) {
    // Before the rows, which note the version they came with.
    yield* sql`CREATE TRIGGER ${sql(`${table}_version`)} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${sql(table)}
      FOR EACH STATEMENT EXECUTE FUNCTION bump_rules_version()`
    yield* sql`CREATE TRIGGER ${sql(`${table}_history`)} AFTER INSERT OR UPDATE OR DELETE ON ${sql(table)}
      FOR EACH ROW EXECUTE FUNCTION keep_rules_history(${sql.literal(`'${key}'`)})`
    yield* sql`CREATE TRIGGER ${sql(`${table}_emptied`)} AFTER TRUNCATE ON ${sql(table)}
      FOR EACH STATEMENT EXECUTE FUNCTION keep_rules_history()`
  }
  yield* sql`DROP TRIGGER alert_rules_linked ON alert_rules`
  for (const [table, columns] of Object.entries(linked)) {
    yield* sql`CREATE CONSTRAINT TRIGGER ${sql(`${table}_linked`)} AFTER INSERT OR UPDATE OR DELETE ON ${sql(table)}
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit_link(${sql.literal(columns)})`
  }
  yield* sql`CREATE TRIGGER rule_tests_whole BEFORE TRUNCATE ON rule_tests
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()`

  // Whoever could add a rule goes on so, until mutt migrate --app-role says otherwise.
  yield* sql`DO $$
  DECLARE
    signature text;
    writer record;
  BEGIN
    FOREACH signature IN ARRAY ARRAY['bump_rules_version()', 'lock_rules()', 'link_rules_version()', 'name_rule()',
      'keep_rules_history()', 'require_audit_link()'] LOOP
      EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', signature, current_schema());
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', signature);
    END LOOP;
    FOR writer IN SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS name
      FROM pg_class, aclexplode(relacl) WHERE oid = 'alert_rules'::regclass AND privilege_type = 'INSERT' AND grantee <> relowner
    LOOP
      EXECUTE format('GRANT EXECUTE ON FUNCTION lock_rules() TO %s', writer.name);
      EXECUTE format('GRANT UPDATE (name) ON alert_rules TO %s', writer.name);
      EXECUTE format('GRANT SELECT (name), INSERT, UPDATE (test), DELETE ON rule_tests TO %s', writer.name);
      EXECUTE format('GRANT SELECT ON alert_rules_history, development_hosts_history, device_teams_history,
        rule_tests_history, rule_versions TO %s', writer.name);
    END LOOP;
  END $$`
})
