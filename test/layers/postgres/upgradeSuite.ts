import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { AuditChain } from "../../../layers/audit/AuditChain.ts"
import { AuditChainPostgres } from "../../../layers/audit/AuditChainPostgres.ts"
import { CheckpointsMemory } from "../../../layers/audit/Checkpoints.ts"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { grantRights } from "../../../layers/postgres/grants.ts"
import { migrate } from "../../../layers/postgres/migrate.ts"
import rules from "../../../layers/postgres/migrations/0001_rules.ts"
import eventAuditLog from "../../../layers/postgres/migrations/0002_event_audit_log.ts"
import configAuditLog from "../../../layers/postgres/migrations/0003_config_audit_log.ts"
import configLedger from "../../../layers/postgres/migrations/0004_config_ledger.ts"
import rightsAndRetention from "../../../layers/postgres/migrations/0005_rights_and_retention.ts"
import rotation from "../../../layers/postgres/migrations/0006_rotation.ts"
import apiRequests from "../../../layers/postgres/migrations/0007_api_requests.ts"
import { wideRights } from "../../../layers/postgres/wideRights.ts"
import type { AuditedChange } from "../../../src/domain/ChainEntry.ts"
import { link } from "../../../src/logic/auditChain.ts"
import { pgClient } from "../../support/pgClient.ts"
import { type PostgresServer, postgresServer } from "../../support/servers.ts"

class Server extends Context.Service<Server, PostgresServer>()("test/UpgradeServer") {}

/** The schema of the version before these links, and the rights that its programs' role had. */
const before = Migrator.make({})({
  table: "schema_migrations",
  loader: Migrator.fromRecord({
    "0001_rules": rules,
    "0002_event_audit_log": eventAuditLog,
    "0003_config_audit_log": configAuditLog,
    "0004_config_ledger": configLedger,
    "0005_rights_and_retention": rightsAndRetention,
    "0006_rotation": rotation,
    "0007_api_requests": apiRequests
  })
})
const rightsBefore = {
  alert_rules: "SELECT, INSERT, UPDATE",
  audit_chain_head: "SELECT, UPDATE",
  config_audit_log: "SELECT, INSERT",
  config_settings: "SELECT, INSERT, UPDATE, DELETE",
  development_hosts: "SELECT, INSERT, DELETE",
  schema_migrations: "SELECT",
  secret_rotation_steps: "SELECT, INSERT",
  secret_rotations: "SELECT, INSERT, UPDATE"
}

type Said = Pick<AuditedChange, "table" | "key" | "after">

/** How the version before added a link, statement by statement, in the transaction of its change. */
const linkBefore = (sql: SqlClient.SqlClient, said: Said, tamper: (hash: string) => string = (hash) => hash) =>
  Effect.gen(function*() {
    const [head] = yield* sql<
      { id: string; entry_hash: string }
    >`SELECT id::text, entry_hash FROM audit_chain_head FOR UPDATE`
    assert.isDefined(head)
    const entry = link({ seq: Number(head.id), entryHash: head.entry_hash }, {
      ...said,
      operation: "CREATE",
      before: null,
      actor: "noc",
      reason: "because \u{1F600}",
      correlationId: "c",
      at: new Date().toISOString()
    })
    yield* sql`WITH head AS (
        UPDATE audit_chain_head SET id = ${entry.seq}, entry_hash = ${tamper(entry.entryHash)}
      )
      INSERT INTO config_audit_log
      (id, changed_at, changed_by, operation, table_name, record_id, old_values, new_values, reason, correlation_id,
        previous_hash, entry_hash)
      VALUES (${entry.seq}, ${entry.at}::text::timestamptz, ${entry.actor}, ${entry.operation}, ${entry.table},
        ${entry.key}, ${null}::text::jsonb, ${JSON.stringify(entry.after)}::text::jsonb, ${entry.reason},
        ${entry.correlationId}, ${entry.previousHash}, ${tamper(entry.entryHash)})`
  })

const addHostBefore = (sql: SqlClient.SqlClient, hostname: string, tamper?: (hash: string) => string) =>
  sql`INSERT INTO development_hosts (hostname) VALUES (${hostname}) ON CONFLICT DO NOTHING RETURNING hostname`.pipe(
    Effect.andThen(linkBefore(sql, { table: "development_hosts", key: hostname, after: { hostname } }, tamper)),
    sql.withTransaction
  )

const openRotationBefore = (sql: SqlClient.SqlClient) =>
  Effect.gen(function*() {
    const [opened] = yield* sql<{ id: string }>`INSERT INTO secret_rotations
      (secret, kind, state, pending, attempt, opened_by, reason, correlation_id)
      VALUES ('DB_PASS', 'postgres', 'STEADY', 'stage', 1, 'noc', ${"because \u{1F600}"}, 'c')
      ON CONFLICT (secret) WHERE closed_at IS NULL DO NOTHING RETURNING id::text`
    assert.isDefined(opened)
    const rotation = Number(opened.id)
    yield* sql`INSERT INTO secret_rotation_steps
      (rotation_id, seq, step, phase, state, made_by, made_at, reason, forced, detail)
      VALUES (${rotation}, 1, 'stage', 'intent', 'STEADY', 'noc', clock_timestamp(), ${"because \u{1F600}"}, NULL, '')`
    const after = { rotation, step: "stage", phase: "intent", state: "STEADY", direction: "forward" }
    yield* linkBefore(sql, { table: "secret_rotation", key: "DB_PASS", after })
  }).pipe(sql.withTransaction)

/** Programs of two versions on one database, while the one takes the place of the other. */
export const upgradeSuite = (version: number) =>
  layer(Layer.mergeAll(Layer.effect(Server, postgresServer({ version })), Logger.layer([])), {
    excludeTestServices: true
  })(`an upgrade on PostgreSQL ${version}`, (it) => {
    it.effect("lets programs of the version before go on until the rights are given anew, in one chain with those of this", () =>
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
        for (const [table, rights] of Object.entries(rightsBefore)) {
          yield* owner.unsafe(`GRANT ${rights} ON ${table} TO ${server.user}`)
        }
        yield* owner.unsafe(`GRANT EXECUTE ON FUNCTION apply_event_retention(int, int) TO ${server.user}`)
        yield* owner`INSERT INTO config_settings VALUES ('event_retention_days', '7')`

        const sql = yield* client(server)
        const context = yield* Layer.build(
          Layer.mergeAll(AuditChainPostgres, ConfigAuditPostgres).pipe(
            Layer.provide([CheckpointsMemory, Layer.succeed(SqlClient.SqlClient, sql)])
          )
        )
        const chain = yield* Effect.provide(AuditChain, context)
        const audit = yield* Effect.provide(ConfigAudit, context)
        yield* addHostBefore(sql, "before")
        yield* asOwner(migrate)

        const draft = {
          actor: "noc",
          operation: "UPDATE" as const,
          table: "x",
          key: "1",
          before: null,
          after: { n: 0.1 },
          reason: null,
          correlationId: "c"
        }
        yield* addHostBefore(sql, "meanwhile")
        yield* audit.record(draft)
        yield* addHostBefore(sql, "and-again")
        yield* openRotationBefore(sql)
        yield* audit.record(draft)
        assert.deepInclude(yield* chain.verify, { checked: 6, fault: undefined })
        const writers = yield* sql<{ writer: string | null }>`SELECT writer FROM config_audit_log ORDER BY id`
        assert.isNull(writers[0]?.writer)
        for (const { writer } of writers.slice(1)) assert.match(writer ?? "", /^mutt_app@/)

        // Their rights are wide, and still forge nothing.
        assert.include(yield* Effect.provideService(wideRights, SqlClient.SqlClient, sql), "INSERT config_audit_log")
        for (
          const attempt of [
            addHostBefore(sql, "forged", () => "f".repeat(64)),
            sql`INSERT INTO config_audit_log (id, changed_by, operation, table_name, record_id) VALUES (900, 'a', 'UPDATE', 'x', '1')`,
            sql`UPDATE audit_chain_head SET id = 900`,
            sql`UPDATE audit_chain_head SET xid = '1', since = 1`,
            sql`INSERT INTO development_hosts VALUES ('unsaid')`,
            sql`UPDATE secret_rotations SET pending = NULL, state = 'STAGED'`
          ]
        ) {
          yield* Effect.flip(attempt)
        }
        // Who kept events for seven days goes on so, and for no less.
        yield* sql`SELECT * FROM apply_event_retention(7, 10)`
        yield* Effect.flip(sql`SELECT * FROM apply_event_retention(6, 10)`)
        assert.deepStrictEqual(yield* sql`SELECT days FROM retention_floor`, [{ days: 7 }])

        yield* asOwner(grantRights(server.user))
        assert.strictEqual((yield* Effect.flip(addHostBefore(sql, "after"))).reason._tag, "AuthorizationError")
        yield* audit.record(draft)
        assert.deepInclude(yield* chain.verify, { checked: 7, fault: undefined })
        assert.deepStrictEqual(yield* Effect.provideService(wideRights, SqlClient.SqlClient, sql), [])
      }))
  })
