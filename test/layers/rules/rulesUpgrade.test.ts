import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger } from "effect"
import { SqlClient } from "effect/sql"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { grantRights } from "../../../layers/postgres/grants.ts"
import { migrate, migrateWith } from "../../../layers/postgres/migrate.ts"
import { migrations } from "../../../layers/postgres/migrationList.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { RuleRepositoryPostgres } from "../../../layers/rules/RuleRepositoryPostgres.ts"
import { RuleSource } from "../../../layers/rules/RuleSource.ts"
import { RuleSourcePostgres } from "../../../layers/rules/RuleSourcePostgres.ts"
import type { RuleSet } from "../../../src/domain/Rule.ts"
import { onEachPostgres } from "../../support/needs.ts"
import { pgClient } from "../../support/pgClient.ts"
import { type PostgresServer, postgresServer } from "../../support/servers.ts"

class Server extends Context.Service<Server, PostgresServer>()("test/RulesUpgradeServer") {}

/** What alerters of before read, whose rules had no names. */
const seenBefore = (sql: SqlClient.SqlClient) =>
  sql<RuleSet>`SELECT (SELECT version::int FROM rules_version) AS version,
    (SELECT json_agg(json_build_object('id', id, 'matchType', match_type, 'matchString', match_string,
        'trapOid', trap_oid, 'syslogSeverity', syslog_severity, 'priority', priority, 'prodHandling', prod_handling,
        'devHandling', dev_handling, 'teamAssignment', team_assignment, 'isActive', is_active) ORDER BY priority, id)
      FROM alert_rules WHERE deleted_at IS NULL AND is_active) AS rules,
    (SELECT json_agg(hostname) FROM development_hosts) AS "developmentHosts",
    (SELECT json_agg(json_build_object('hostname', hostname, 'team', team_assignment)) FROM device_teams) AS "deviceTeams"`
    .pipe(Effect.map(([seen]) => seen ?? assert.fail("there are no rules")))

/** The schema before rules had names, and the rights that programs had on it. */
const before = migrateWith({
  migrations: Object.fromEntries(Object.entries(migrations).filter(([name]) => name < "0014"))
})
const rightsBefore = [
  "SELECT, INSERT, UPDATE (match_type, match_string, trap_oid, syslog_severity, priority, prod_handling, dev_handling, " +
  "team_assignment, is_active, deleted_at) ON alert_rules",
  "SELECT, INSERT, DELETE ON development_hosts",
  "SELECT, INSERT, DELETE, UPDATE (team_assignment) ON device_teams",
  "SELECT ON config_audit_log",
  "SELECT ON rules_version",
  "USAGE ON SEQUENCE alert_rules_id_seq",
  "EXECUTE ON FUNCTION append_audit_link(text, text, text, text, jsonb, jsonb, text, text)"
]

const columns = "match_type, match_string, trap_oid, syslog_severity, priority, prod_handling, dev_handling, " +
  "team_assignment, is_active"
const content = (match_string: string) => ({
  match_type: "contains",
  match_string,
  trap_oid: null,
  syslog_severity: null,
  priority: 5,
  prod_handling: "Page_only",
  dev_handling: "Ignore",
  team_assignment: "NetOps",
  is_active: true
})

/** A rule as programs of the version before add, change and delete one. */
const oldWrites = (sql: SqlClient.SqlClient, text: string) => {
  const link = (operation: string, key: number, old: object | null, now: object | null) => {
    const json = (value: object | null) => value === null ? null : JSON.stringify(value)
    return sql`SELECT append_audit_link('noc', ${operation}, 'alert_rules', ${String(key)}, ${json(old)}::text::jsonb,
      ${json(now)}::text::jsonb, NULL, 'c')`
  }
  const add = Effect.gen(function*() {
    const [made] = yield* sql<{ id: number }>`INSERT INTO alert_rules ${sql.insert(content(text))}
      RETURNING id, ${sql.literal(columns)}, created_at, updated_at`
    const id = made?.id ?? 0
    yield* link("CREATE", id, null, content(text))
    return id
  }).pipe(sql.withTransaction)
  const edit = (id: number) =>
    sql`UPDATE alert_rules SET ${sql.update({ ...content(text), priority: 9 })} WHERE id = ${id}`.pipe(
      Effect.andThen(link("UPDATE", id, { priority: 5 }, { priority: 9 })),
      sql.withTransaction
    )
  const remove = (id: number, rule: object) =>
    sql`UPDATE alert_rules SET deleted_at = now() WHERE id = ${id}`.pipe(
      Effect.andThen(link("DELETE", id, rule, null)),
      sql.withTransaction
    )
  return { add, edit, remove }
}

const needsLink = (attempt: Effect.Effect<unknown, unknown>) =>
  Effect.map(Effect.flip(attempt), (error) => assert.include(JSON.stringify(error), "ConstraintError"))

onEachPostgres((version) => {
  layer(Layer.mergeAll(Layer.effect(Server, postgresServer({ version })), Logger.layer([])), {
    excludeTestServices: true
  })(`rules of before they had names, on PostgreSQL ${version}`, (it) => {
    it.effect("keep numbers, times, version and what alerters see, and programs of before go on", () =>
      Effect.gen(function*() {
        const server = yield* Server
        const client = (account: { readonly user: string; readonly password: string }) =>
          Effect.flatMap(
            Layer.build(pgClient({ ...server, ...account })),
            (context) => Effect.provide(SqlClient.SqlClient, context)
          )
        const owner = yield* client(server.owner)
        const asOwner = Effect.provideService(SqlClient.SqlClient, owner)
        yield* asOwner(before)
        for (const right of rightsBefore) yield* owner.unsafe(`GRANT ${right} TO ${server.user}`)
        const sql = yield* client(server)
        const build = <I, E>(layer: Layer.Layer<I, E, SqlClient.SqlClient>) =>
          Layer.build(layer.pipe(Layer.provide(Layer.succeed(SqlClient.SqlClient, sql))))
        const source = Context.get(yield* build(RuleSourcePostgres), RuleSource)

        const first = oldWrites(sql, "first")
        const ids = [yield* first.add, yield* oldWrites(sql, "second").add, yield* oldWrites(sql, "third").add]
        const [one = 0, two = 0, three = 0] = ids
        yield* first.edit(one)
        yield* oldWrites(sql, "third").remove(three, content("third"))
        yield* owner`INSERT INTO development_hosts VALUES ('dev-1')`
        yield* owner`INSERT INTO device_teams VALUES ('fw1', 'SecOps')`
        const times = sql`SELECT id, created_at, updated_at, deleted_at FROM alert_rules ORDER BY id`
        const seen = yield* seenBefore(sql)
        const written = yield* times

        yield* asOwner(migrate)
        assert.deepStrictEqual(yield* source.load, {
          ...seen,
          rules: seen.rules.map((rule) => ({ ...rule, name: `rule-${rule.id}` }))
        })
        assert.deepStrictEqual(yield* times, written)
        const names = yield* sql<{ name: string }>`SELECT name FROM alert_rules ORDER BY id`
        assert.deepStrictEqual(names.map(({ name }) => name), [one, two, three].map((id) => `rule-${id}`))

        // Programs of before write beside those of now, under the rights of before.
        const late = oldWrites(sql, "late")
        const four = yield* late.add
        yield* late.edit(four)
        const context = yield* build(RuleRepositoryPostgres.pipe(Layer.provide(ConfigAuditPostgres)))
        const book = Context.get(context, RuleRepository)
        const change = { actor: "noc", reason: null, correlationId: "c" }
        yield* book.updateRule(four, (rule) => Effect.succeed({ ...rule, name: "late" }), change)
        yield* late.edit(four).pipe(needsLink)
        yield* late.remove(four, { ...content("late"), priority: 9 })
        const firstVersion = yield* book.ruleSetAt(seen.version)
        assert.deepStrictEqual(firstVersion.rules.map(({ id, name }) => [id, name]), [[two, `rule-${two}`], [
          one,
          `rule-${one}`
        ]])
        assert.deepStrictEqual([firstVersion.developmentHosts, firstVersion.teams], [
          ["dev-1"],
          [{ hostname: "fw1", team: "SecOps" }]
        ])
        const [oldest] = (yield* book.versions(100)).slice(-1)
        assert.deepInclude(oldest, { version: seen.version, changedBy: null, changes: 0 })
        assert.strictEqual((yield* Effect.flip(book.ruleSetAt(seen.version - 1)))._tag, "VersionUnknown")

        // What the owner changes by hand is a version, too.
        yield* owner`UPDATE alert_rules SET priority = 77 WHERE deleted_at IS NULL`
        const byHand = yield* book.ruleSet
        assert.isTrue(byHand.rules.every(({ priority, version }) => priority === 77 && version === byHand.version))
        yield* owner`TRUNCATE device_teams`
        assert.deepStrictEqual((yield* book.ruleSet).teams, [])
        assert.deepStrictEqual(yield* book.ruleSetAt(byHand.version), byHand)

        // With the programs' password nobody changes names, tests or history without the link that says so.
        yield* asOwner(grantRights(server.user))
        yield* book.replaceRuleSet(
          { rules: byHand.rules, tests: [{ name: "t", test: "{}" }] },
          byHand.version + 1,
          change
        )
        for (
          const attempt of [
            `UPDATE alert_rules SET name = 'other' WHERE id = ${one}`,
            "INSERT INTO rule_tests VALUES ('u', '{}')",
            "UPDATE rule_tests SET test = '{\"a\":1}' WHERE name = 't'",
            "DELETE FROM rule_tests",
            `INSERT INTO alert_rules (${columns}, name) VALUES ('contains', 'x', NULL, NULL, 5, 'Ignore', 'Ignore', 'T', true, 'n')`
          ]
        ) {
          yield* needsLink(sql.unsafe(attempt))
        }
        for (
          const attempt of [
            "UPDATE alert_rules_history SET priority = 1",
            "DELETE FROM rule_tests_history",
            "INSERT INTO rule_versions VALUES (1, now())",
            "UPDATE rule_versions SET first_link = 1",
            "UPDATE rules_version SET version = 1",
            "TRUNCATE rule_tests",
            "UPDATE alert_rules SET version = 1"
          ]
        ) {
          assert.strictEqual((yield* Effect.flip(sql.unsafe(attempt))).reason._tag, "AuthorizationError", attempt)
        }
        // A name that is not the number's is told by the link of a new rule.
        const named = sql`INSERT INTO alert_rules ${sql.insert({ ...content("named"), name: "named" })} RETURNING id`
          .pipe(
            Effect.flatMap(([row]) =>
              sql`SELECT append_audit_link('noc', 'CREATE', 'alert_rules', ${String(row?.["id"])}, NULL,
              ${JSON.stringify(content("named"))}::text::jsonb, NULL, 'c')`
            ),
            sql.withTransaction
          )
        yield* needsLink(named)
      }))
  })
})
