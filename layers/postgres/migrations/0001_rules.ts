import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Creates rules, development hosts, teams, and a version that triggers raise at each change, also a manual one. */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE alert_rules (
    id serial PRIMARY KEY,
    match_string varchar(1024),
    trap_oid varchar(255),
    syslog_severity int CONSTRAINT chk_syslog_severity CHECK (syslog_severity BETWEEN 0 AND 7),
    match_type varchar(20) NOT NULL DEFAULT 'contains'
      CONSTRAINT chk_match_type CHECK (match_type IN ('contains', 'regex', 'exact', 'oid_prefix')),
    priority int NOT NULL DEFAULT 100,
    prod_handling varchar(100) NOT NULL CONSTRAINT chk_prod_handling CHECK (prod_handling IN
      ('Page_and_ticket', 'Page_only', 'Ticket_only', 'Email_only', 'Log_only', 'Suppress', 'Ignore')),
    dev_handling varchar(100) NOT NULL CONSTRAINT chk_dev_handling CHECK (dev_handling IN
      ('Page_and_ticket', 'Page_only', 'Ticket_only', 'Email_only', 'Log_only', 'Suppress', 'Ignore')),
    team_assignment varchar(100) NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT chk_match_criteria CHECK (
      CASE WHEN match_type = 'oid_prefix' THEN coalesce(trap_oid, '') <> '' ELSE coalesce(match_string, '') <> '' END)
  )`
  yield* sql`CREATE INDEX alert_rules_order ON alert_rules (priority, id) WHERE deleted_at IS NULL`
  yield* sql`CREATE TABLE development_hosts (
    hostname varchar(255) PRIMARY KEY CONSTRAINT chk_hostname CHECK (hostname <> '' AND hostname = lower(hostname)),
    created_at timestamptz NOT NULL DEFAULT now()
  )`
  yield* sql`CREATE TABLE device_teams (
    hostname varchar(255) PRIMARY KEY CONSTRAINT chk_hostname CHECK (hostname <> '' AND hostname = lower(hostname)),
    team_assignment varchar(100) NOT NULL CONSTRAINT chk_team CHECK (team_assignment <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  )`

  yield* sql`CREATE TABLE rules_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
  )`
  yield* sql`INSERT INTO rules_version (version) VALUES (1)`
  yield* sql`CREATE FUNCTION bump_rules_version() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE rules_version SET version = version + 1, changed_at = now();
    RETURN NULL;
  END $$`
  for (const table of ["alert_rules", "development_hosts", "device_teams"]) {
    yield* sql`CREATE TRIGGER ${sql(`${table}_version`)}
      AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${sql(table)}
      FOR EACH STATEMENT EXECUTE FUNCTION bump_rules_version()`
  }
  yield* sql`CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.updated_at := now();
    RETURN NEW;
  END $$`
  for (const table of ["alert_rules", "device_teams"]) {
    yield* sql`CREATE TRIGGER ${sql(`${table}_touch`)} BEFORE UPDATE ON ${sql(table)}
      FOR EACH ROW EXECUTE FUNCTION touch_updated_at()`
  }
})
