import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { AuditChain } from "../../../layers/audit/AuditChain.ts"
import { AuditChainPostgres } from "../../../layers/audit/AuditChainPostgres.ts"
import { CheckpointsMemory } from "../../../layers/audit/Checkpoints.ts"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { ConfigStore } from "../../../layers/config/ConfigStore.ts"
import { ConfigStorePostgres } from "../../../layers/config/ConfigStorePostgres.ts"
import { detailOf } from "../../../layers/postgres/PostgresConnection.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { RuleRepositoryPostgres } from "../../../layers/rules/RuleRepositoryPostgres.ts"
import { repository } from "../../../scripts/stack/Paths.ts"
import { migratedServer, Owner } from "../database.ts"

/** Does all of it in one transaction, as the programs' role; answers why it was refused. */
const refusal = (...statements: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const error: SqlError.SqlError = yield* Effect.flip(
      sql.withTransaction(Effect.forEach(statements, (statement) => sql.unsafe(statement)))
    )
    return detailOf(error)
  })

const refused = Effect.fnUntraced(function*(words: RegExp, ...statements: ReadonlyArray<string>) {
  assert.match(yield* refusal(...statements), words, statements.join("; "))
})

const denied = /permission denied|must be owner|must be (?:able|superuser)/
const unlinked = /needs its link in the audit chain/
const append = (table: string, key: string, before: string, after: string, operation = "UPDATE") =>
  `SELECT append_audit_link('alice', '${operation}', '${table}', '${key}', ${before}, ${after}, NULL, 'c')`

const change = { actor: "noc", reason: null, correlationId: "c" }
const rule = {
  matchType: "contains" as const,
  matchString: "LINK-DOWN",
  trapOid: null,
  syslogSeverity: null,
  priority: 5,
  prodHandling: "Page_only" as const,
  devHandling: "Ignore" as const,
  teamAssignment: "NetOps",
  isActive: true
}

const whole = Effect.gen(function*() {
  const { checked, fault } = yield* AuditChain.use((chain) => chain.verify)
  assert.isUndefined(fault)
  return checked
})

/** What somebody can do who has the password of the programs' role and speaks to PostgreSQL himself. */
export const insiderSuite = (version: number) => {
  const world = Layer.mergeAll(RuleRepositoryPostgres, ConfigStorePostgres, AuditChainPostgres).pipe(
    Layer.provideMerge(ConfigAuditPostgres),
    Layer.provide(CheckpointsMemory),
    Layer.provideMerge(migratedServer(version))
  )
  layer(world, { excludeTestServices: true })(`with the programs' password, in PostgreSQL ${version}`, (it) => {
    it.effect("nobody lets go of events that the owner has kept", () =>
      Effect.gen(function*() {
        const owner = yield* Owner
        yield* owner`CREATE TABLE event_audit_log_2020_01 PARTITION OF event_audit_log
          FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2020-02-01 00:00+00')`
        yield* refused(/kept for 30 days at least/, "SELECT * FROM apply_event_retention(1, 100)")
        yield* refused(denied, "UPDATE retention_floor SET days = 1")
        yield* refused(denied, "DROP TABLE event_audit_log_2020_01")
        yield* refused(
          /kept for 30 days at least/,
          "CREATE TEMP TABLE retention_floor (days int)",
          "INSERT INTO retention_floor VALUES (1)",
          "SET LOCAL search_path = pg_temp, public",
          "SELECT * FROM public.apply_event_retention(1, 100)"
        )
        yield* refused(
          denied,
          `INSERT INTO event_audit_log (event_id, event_timestamp, received_at, recorded_at, hostname, correlation_id, outcome,
            environment, team_assignment, reason, raw_message)
          VALUES (gen_random_uuid(), now(), now(), now() - interval '1 year', 'h', 'c', 'unmatched', 'prod', '', '', '{}')`
        )
      }))

    it.effect("a link is not put in by hand, changed or removed, and its place is not chosen", () =>
      Effect.gen(function*() {
        yield* RuleRepository.use((rules) => rules.createRule(rule, change))
        const columns = "(id, changed_at, changed_by, operation, table_name, record_id, previous_hash, entry_hash)"
        const forged =
          `VALUES (9000000000000000, now(), 'alice', 'UPDATE', 'alert_rules', '1', repeat('0', 64), repeat('0', 64))`
        yield* refused(denied, `INSERT INTO config_audit_log ${columns} ${forged}`)
        yield* refused(denied, "UPDATE config_audit_log SET changed_by = 'alice'")
        yield* refused(denied, "UPDATE config_audit_log SET writer = 'alice'")
        yield* refused(denied, "DELETE FROM config_audit_log")
        yield* refused(denied, "TRUNCATE config_audit_log")
        yield* refused(denied, "UPDATE audit_chain_head SET id = 9000000000000000")
        yield* refused(denied, "SELECT * FROM audit_chain_head FOR UPDATE")
        yield* refused(denied, "ALTER TABLE config_audit_log DISABLE TRIGGER ALL")
        yield* refused(denied, "ALTER TABLE alert_rules DISABLE TRIGGER alert_rules_linked")
        yield* refused(denied, "DROP TRIGGER alert_rules_linked ON alert_rules")
        yield* refused(denied, "SET session_replication_role = replica")
        yield* refused(denied, "ALTER ROLE mutt_app SET session_replication_role = replica")
        yield* refused(denied, "SET ROLE mutt_owner")
        yield* refused(denied, "SET SESSION AUTHORIZATION mutt_owner")
        for (
          const name of ["append_audit_link(text, text, text, text, jsonb, jsonb, text, text)", "require_audit_link()"]
        ) {
          yield* refused(denied, `ALTER FUNCTION ${name} SECURITY INVOKER`)
          yield* refused(denied, `DROP FUNCTION ${name}`)
        }
        yield* refused(denied, "CREATE FUNCTION sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'")
        yield* refused(denied, "CREATE SCHEMA mine")
        yield* refused(
          denied,
          "CREATE TEMP TABLE t (id bigint, entry_hash text)",
          "CREATE TRIGGER mine AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION advance_chain_head()"
        )
        assert.strictEqual(yield* whole, 1)
      }))

    it.effect("a link that says alice tells from where it was written, and holds nothing that breaks the chain", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql.unsafe(append("alert_rules", "1", `'{"priority": 5}'`, `'{"priority": 5}'`))
        const { rows } = yield* ConfigAudit.use((audit) => audit.search({ limit: 1 }))
        assert.strictEqual(rows[0]?.actor, "alice")
        assert.match(rows[0]?.writer ?? "", /^mutt_app@127\.0\.0\.1 /)
        const links = yield* whole
        // What a reader could not read back as it was hashed, is not taken.
        for (
          const values of [
            "'5'",
            "'[1]'",
            "'null'",
            `'{"n": 1e400}'`,
            `'{"n": 1e21}'`,
            `'{"n": 1e-9}'`,
            `'{"\u{1F600}": 1}'`,
            `(SELECT ('{"a":' || repeat('[', 30) || repeat(']', 30) || '}')::jsonb)`,
            `jsonb_build_object('a', repeat('x', 1100000))`
          ]
        ) {
          yield* refused(/link/, append("alert_rules", "1", "NULL", values))
        }
        // These have one form, however they are said, also for a session with its own idea of numbers, strings and
        // names.
        yield* sql.withTransaction(Effect.forEach([
          "SET LOCAL extra_float_digits = -15",
          "SET LOCAL standard_conforming_strings = off",
          "SET LOCAL timezone = 'Asia/Kathmandu'",
          "SET LOCAL datestyle = 'SQL, DMY'",
          "SET LOCAL lc_numeric = 'C'",
          "CREATE TEMP TABLE audit_chain_head (id bigint, entry_hash text, xid xid8, since bigint) ON COMMIT DROP",
          "CREATE TEMP TABLE config_audit_log (id bigint) ON COMMIT DROP",
          "SET LOCAL search_path = pg_temp, public, pg_catalog",
          `SELECT public.append_audit_link(E'al\\n"ice', 'UPDATE', 'x', 'k', '{"b": 0.1000, "a": 1.0, "a": 0.30000000000000004, "c": [-0.0, 1e3]}',
            '{"ünï": "\u{1F600} \\\\u0007 / \\\\u2028", "n": 9007199254740991, "t": [true, null, {}]}', '', NULL)`
        ], (statement) => sql.unsafe(statement)))
        assert.strictEqual(yield* whole, links + 1)
      }))

    it.effect("rules, hosts and teams do not change without the link that says so", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const { id } = yield* RuleRepository.use((rules) => rules.createRule(rule, change))
        yield* RuleRepository.use((rules) => rules.addTeam("r1", "NetOps", change))
        yield* RuleRepository.use((rules) => rules.addDevelopmentHost("d1", change))
        const raise = `UPDATE alert_rules SET priority = 1 WHERE id = ${id}`
        const said = append("alert_rules", String(id), `'{"priority": 5}'`, `'{"priority": 1}'`)
        const links = yield* whole
        yield* refused(unlinked, raise)
        yield* refused(unlinked, "SET CONSTRAINTS ALL IMMEDIATE", raise)
        yield* refused(unlinked, raise, append("alert_rules", String(id), `'{"priority": 5}'`, `'{"priority": 4}'`))
        yield* refused(unlinked, raise, append("alert_rules", String(id), `'{"priority": 4}'`, `'{"priority": 1}'`))
        yield* refused(unlinked, raise, append("alert_rules", "4711", `'{"priority": 5}'`, `'{"priority": 1}'`))
        yield* refused(unlinked, raise, append("device_teams", String(id), `'{"priority": 5}'`, `'{"priority": 1}'`))
        yield* refused(unlinked, `UPDATE alert_rules SET priority = 1, is_active = false WHERE id = ${id}`, said)
        yield* refused(unlinked, `UPDATE alert_rules SET priority = 1`, said)
        yield* refused(unlinked, `UPDATE alert_rules SET deleted_at = now() WHERE id = ${id}`, said)
        yield* refused(unlinked, `UPDATE alert_rules SET deleted_at = now() WHERE id = ${id}`)
        yield* refused(
          unlinked,
          "INSERT INTO alert_rules (match_string, prod_handling, dev_handling, team_assignment) VALUES ('x', 'Ignore', 'Ignore', 'T')"
        )
        yield* refused(denied, `DELETE FROM alert_rules WHERE id = ${id}`)
        yield* refused(denied, "TRUNCATE alert_rules")
        yield* refused(denied, `UPDATE alert_rules SET updated_at = now() - interval '1 year'`)
        yield* refused(unlinked, "INSERT INTO development_hosts VALUES ('d2')")
        yield* refused(unlinked, "DELETE FROM development_hosts")
        yield* refused(denied, "UPDATE development_hosts SET hostname = 'd3'")
        yield* refused(unlinked, "INSERT INTO device_teams VALUES ('r2', 'T')")
        yield* refused(unlinked, "UPDATE device_teams SET team_assignment = 'T'")
        yield* refused(unlinked, "DELETE FROM device_teams")
        yield* refused(
          unlinked,
          "INSERT INTO saved_views (name, page, query, saved_by) VALUES ('v', 'events', '', 'alice')"
        )
        yield* refused(denied, "UPDATE rules_version SET version = 1")
        // A link of another transaction says nothing of this one, nor does one that was taken back.
        yield* sql.unsafe(said)
        yield* refused(unlinked, raise)
        yield* refused(unlinked, "SAVEPOINT s", said, "ROLLBACK TO s", raise)
        assert.strictEqual(yield* whole, links + 1)
        // With its link a change is as good as one by the API; savepoints do not matter.
        yield* sql.withTransaction(
          Effect.forEach(["SAVEPOINT s", raise, "RELEASE s", "SAVEPOINT t", said], (statement) => sql.unsafe(statement))
        )
        assert.strictEqual((yield* RuleRepository.use((rules) => rules.rule(id))).priority, 1)
      }))

    it.effect("settings do not change without the link that says so", () =>
      Effect.gen(function*() {
        const store = yield* ConfigStore
        yield* store.change(new Map([["moog_rate_limit", 20]]), change)
        const links = yield* whole
        const set = "UPDATE config_settings SET value = '9' WHERE key = 'moog_rate_limit'"
        const said = append(
          "dynamic_config",
          "moog_rate_limit",
          `'{"value": 20, "version": 1}'`,
          `'{"value": 8, "version": 2}'`
        )
        const revise = (value: number) =>
          `INSERT INTO config_revisions VALUES (2, 'moog_rate_limit', '20', '${value}', false, 'alice', now(), NULL, NULL)`
        yield* refused(unlinked, set)
        yield* refused(unlinked, set, said)
        yield* refused(unlinked, "DELETE FROM config_settings", said)
        yield* refused(unlinked, "INSERT INTO config_settings VALUES ('log_level', '\"debug\"')", said)
        yield* refused(unlinked, "INSERT INTO config_settings VALUES ('host_zones', '[{\"hostname\": \"h\"}]')", said)
        yield* refused(unlinked, "INSERT INTO config_settings VALUES ('host_zones', '[]')")
        yield* refused(unlinked, revise(8))
        yield* refused(unlinked, revise(9), said)
        yield* refused(denied, "UPDATE config_revisions SET changed_by = 'bob'")
        yield* refused(denied, "DELETE FROM config_revisions")
        yield* refused(denied, "TRUNCATE config_settings")
        yield* refused(unlinked, "UPDATE config_ledger SET version = version + 1")
        yield* refused(unlinked, "UPDATE config_ledger SET version = version + 1000000", said)
        yield* refused(denied, "DELETE FROM config_ledger")
        assert.strictEqual(yield* whole, links)
        assert.deepStrictEqual((yield* store.state).settings.find(({ key }) => key === "moog_rate_limit")?.value, 20)
      }))

    it.effect("the owner may do all of that, and is found where he touched the chain", () =>
      Effect.gen(function*() {
        const owner = yield* Owner
        const links = yield* whole
        yield* owner`UPDATE alert_rules SET priority = 77`
        yield* owner`TRUNCATE development_hosts`
        assert.strictEqual(yield* whole, links)
        const error = yield* Effect.flip(owner`INSERT INTO config_audit_log
          (id, changed_at, changed_by, operation, table_name, record_id, previous_hash, entry_hash)
          VALUES (9000000000000000, now(), 'alice', 'UPDATE', 'x', '1', repeat('0', 64), repeat('0', 64))`)
        assert.include(detailOf(error), "does not continue the audit chain")
      }))

    it.effect("a link of before that has a high number is found, stops nobody, and goes as SECURITY.md says", () =>
      Effect.gen(function*() {
        const owner = yield* Owner
        const links = yield* whole
        yield* Effect.forEach([
          "ALTER TABLE config_audit_log DISABLE TRIGGER ALL",
          `INSERT INTO config_audit_log (id, changed_at, changed_by, operation, table_name, record_id, previous_hash, entry_hash)
            VALUES (9000000000000000, now(), 'alice', 'UPDATE', 'x', '1', repeat('0', 64), repeat('0', 64))`,
          "ALTER TABLE config_audit_log ENABLE TRIGGER ALL"
        ], (statement) => owner.unsafe(statement)).pipe(owner.withTransaction)
        yield* RuleRepository.use((rules) => rules.createRule(rule, change))
        const { fault } = yield* AuditChain.use((chain) => chain.verify)
        assert.deepInclude(fault, { seq: links + 2, fault: "gap" })
        assert.strictEqual((yield* Effect.flip(AuditChain.use((chain) => chain.checkpoint)))._tag, "AuditChainBroken")

        const page = readFileSync(join(repository, "docs/SECURITY.md"), "utf8")
        const [, mending = ""] = /```sql\nBEGIN;\n([^`]*)COMMIT;\n```/.exec(page) ?? []
        yield* Effect.forEach(mending.trim().split(";\n"), (statement) => owner.unsafe(statement)).pipe(
          owner.withTransaction
        )
        assert.strictEqual(yield* whole, links + 1)
        assert.strictEqual((yield* AuditChain.use((chain) => chain.checkpoint))?.seq, links + 1)
      }))
  })
}
