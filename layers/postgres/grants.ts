import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { MigrationFailed, words } from "./MigrationFailed.ts"

const eventColumns =
  "event_id, event_timestamp, received_at, hostname, correlation_id, outcome, severity, environment, " +
  "matched_rule_id, handling_decision, team_assignment, forwarded_to_moog, reason, raw_message, rules_version, cause, " +
  "cause_id"
const ruleColumns =
  "name, match_type, match_string, trap_oid, syslog_severity, priority, prod_handling, dev_handling, " +
  "team_assignment, is_active, deleted_at"
const silenceColumns = "match, starts_at, ends_at, schedule, comment, catch_up"
const rotationColumns =
  "state, direction, pending, attempt, changed_at, closed_at, outcome, driver, driver_seen, stopped"

/**
 * The rights of the programs' role on each table: what its statements need, and nothing else. It can add and read
 * records but not change them, whoever has its password. It has none on the partitions of `event_audit_log`, which it
 * reads through that table.
 */
export const tableRights: Readonly<Record<string, string>> = {
  alert_deliveries: "SELECT, INSERT (alert_id, delivered_at, tries, attempts)",
  alert_rules: `SELECT, INSERT, UPDATE (${ruleColumns})`,
  alert_rules_history: "SELECT",
  api_requests: "SELECT, INSERT, UPDATE (under_way_until, status, etag, answer), DELETE",
  config_audit_log: "SELECT",
  config_ledger: "SELECT, UPDATE (epoch, version)",
  config_outbox: "SELECT, INSERT, DELETE",
  config_requests: "SELECT (made_at), DELETE",
  config_revisions: "SELECT, INSERT",
  config_settings: "SELECT, INSERT, UPDATE (value), DELETE",
  development_hosts: "SELECT, INSERT, DELETE",
  development_hosts_history: "SELECT",
  device_teams_history: "SELECT",
  device_teams: "SELECT, INSERT, UPDATE (team_assignment), DELETE",
  event_archives: "SELECT, INSERT (store, object, day, odd, rows, bytes, sha256, first_id, last_id)",
  event_audit_log: `SELECT, INSERT (${eventColumns})`,
  retention_floor: "SELECT",
  rule_hits: "SELECT, INSERT, UPDATE (forwarded, suppressed, last_hit)",
  rule_tests: "SELECT (name), INSERT, UPDATE (test), DELETE",
  rule_tests_history: "SELECT",
  rule_versions: "SELECT",
  rules_version: "SELECT",
  saved_views: "SELECT, INSERT (name, page, query, saved_by), UPDATE (page, query, saved_by, saved_at), DELETE",
  schema_compat: "SELECT",
  schema_migrations: "SELECT",
  secret_rotation_steps: "SELECT, INSERT",
  secret_rotations: `SELECT, INSERT, UPDATE (${rotationColumns})`,
  silence_hits: "SELECT, INSERT, UPDATE (hits, last_hit_at)",
  silence_revisions: "SELECT",
  silences: `SELECT, INSERT (${silenceColumns}, created_by), UPDATE (${silenceColumns}, ended_by)`,
  silences_version: "SELECT"
}

/** Tables of which the programs need nothing: their rights of before are taken away too. */
const foreignTables = ["audit_chain_head", "event_archive_claim"]

const sequences = ["alert_rules_id_seq"]

/** What they call that runs as the owner of the schema. */
export const functionRights: ReadonlyArray<string> = [
  "append_audit_link(text, text, text, text, jsonb, jsonb, text, text)",
  "apply_delivery_retention(int, int)",
  "apply_event_retention(int, int)",
  "apply_hit_retention(int, int)",
  "apply_silence_retention(int, int)",
  "changed_event_days(int)",
  "claim_event_archiving(text, int)",
  "ensure_event_partitions(int)",
  "event_archive_lines(date, boolean, timestamptz, uuid, int)",
  "lock_rules()",
  "unarchived_event_days()"
]

const decodeRole = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({
  exists: Schema.Boolean,
  isOwner: Schema.Boolean,
  schema: Schema.String
})]))

/**
 * Gives the programs' role the rights it needs, and revokes all others on MUTT's tables. Is run by the owner of the
 * schema after `migrate`. Refuses a role that may act as the owner, which no grant limits.
 */
export const grantRights = (role: string): Effect.Effect<void, MigrationFailed, SqlClient.SqlClient> =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const [{ exists, isOwner, schema }] = yield* Effect.flatMap(
      sql`SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = ${role}) AS exists, current_schema() AS schema,
        coalesce((SELECT pg_has_role(oid, current_user, 'MEMBER') FROM pg_roles WHERE rolname = ${role}), false) AS "isOwner"`,
      decodeRole
    )
    if (!exists) return yield* refused(`There is no role ${role}.`)
    if (isOwner) return yield* refused(`The role ${role} may do everything the owner of the schema may.`)

    const to = sql(role)
    // Keeps out another run, and whoever makes a partition.
    yield* sql`SELECT pg_advisory_xact_lock(hashtext('mutt.event_partitions'))`
    const partitions = yield* sql<{ readonly name: string }>`SELECT relname AS name
      FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'event_audit_log'::regclass`
    yield* sql`REVOKE CREATE ON SCHEMA ${sql(schema)} FROM ${to}`
    yield* sql`GRANT USAGE ON SCHEMA ${sql(schema)} TO ${to}`
    for (const table of [...Object.keys(tableRights), ...foreignTables, ...partitions.map(({ name }) => name)]) {
      yield* sql`REVOKE ALL ON ${sql(table)} FROM ${to}`
    }
    for (const [table, rights] of Object.entries(tableRights)) {
      yield* sql`GRANT ${sql.literal(rights)} ON ${sql(table)} TO ${to}`
    }
    for (const sequence of sequences) yield* sql`GRANT USAGE ON SEQUENCE ${sql(sequence)} TO ${to}`
    for (const signature of functionRights) yield* sql`GRANT EXECUTE ON FUNCTION ${sql.literal(signature)} TO ${to}`
  }).pipe(
    (work) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.withTransaction(work)),
    Effect.mapError((cause) =>
      cause instanceof MigrationFailed ? cause : new MigrationFailed({ detail: words(cause), cause })
    )
  )

/** Says for how many days events are kept, whatever the programs want. For the owner of the schema too. */
export const setRetentionFloor = (days: number): Effect.Effect<void, MigrationFailed, SqlClient.SqlClient> =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`UPDATE retention_floor SET days = ${days}`
  }).pipe(Effect.mapError((cause) => new MigrationFailed({ detail: words(cause), cause })))

const refused = (detail: string) => new MigrationFailed({ detail, cause: undefined })
