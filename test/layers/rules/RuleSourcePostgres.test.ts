import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { RuleRepositoryPostgres } from "../../../layers/rules/RuleRepositoryPostgres.ts"
import { RuleSource } from "../../../layers/rules/RuleSource.ts"
import { RuleSourcePostgres } from "../../../layers/rules/RuleSourcePostgres.ts"
import { onEachPostgres } from "../../support/needs.ts"
import { migratedDatabase } from "../database.ts"
import { ruleSourceSuite } from "./ruleSourceSuite.ts"

const world = (version?: number, as?: "owner") =>
  Layer.mergeAll(RuleSourcePostgres, RuleRepositoryPostgres.pipe(Layer.provide(ConfigAuditPostgres))).pipe(
    Layer.provideMerge(migratedDatabase(version, as))
  )

onEachPostgres((version) => ruleSourceSuite(`rules in PostgreSQL ${version}`, world(version)))

layer(world(undefined, "owner"), { excludeTestServices: true })("rules", (it) => {
  it.effect("notice a change made by hand", () =>
    Effect.gen(function*() {
      const rules = yield* RuleSource
      const sql = yield* SqlClient.SqlClient
      const before = yield* rules.version
      yield* sql`INSERT INTO alert_rules (match_string, prod_handling, dev_handling, team_assignment)
        SELECT 'text ' || n, 'Ignore', 'Ignore', 'T' FROM generate_series(1, 1000) AS n`
      assert.isAbove(yield* rules.version, before)
      assert.strictEqual((yield* rules.load).rules.length, 1000)
    }))

  it.effect("fail as unavailable, not with half of them", () =>
    Effect.gen(function*() {
      const rules = yield* RuleSource
      const sql = yield* SqlClient.SqlClient
      yield* sql`ALTER TABLE device_teams RENAME TO away`
      assert.strictEqual((yield* Effect.flip(rules.load))._tag, "RulesUnavailable")
    }))
})
