import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { ConfigAudit, ConfigAuditFailed } from "../../../layers/audit/ConfigAudit.ts"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { RuleRepositoryPostgres } from "../../../layers/rules/RuleRepositoryPostgres.ts"
import { onEachPostgres } from "../../support/needs.ts"
import { migratedDatabase } from "../database.ts"
import { ruleDraft } from "./ruleDraft.ts"
import { configAuditSuite, ruleRepositorySuite } from "./ruleRepositorySuite.ts"
import { ruleVersionsSuite } from "./ruleVersionsSuite.ts"

const book = (version: number) =>
  RuleRepositoryPostgres.pipe(Layer.provideMerge(ConfigAuditPostgres), Layer.provideMerge(migratedDatabase(version)))

onEachPostgres((version) => {
  ruleRepositorySuite(`rule book in PostgreSQL ${version}`, book(version))
  ruleVersionsSuite(`versions of rules in PostgreSQL ${version}`, book(version))
  configAuditSuite(`change record in PostgreSQL ${version}`, book(version))
})

const change = { actor: "noc", reason: null, correlationId: "c" }

/** Writes nothing, as a full disk would. */
const BrokenAudit = Layer.succeed(ConfigAudit, {
  record: () => Effect.fail(new ConfigAuditFailed({ reason: "unavailable", detail: "disk full" })),
  recordAll: () => Effect.fail(new ConfigAuditFailed({ reason: "unavailable", detail: "disk full" })),
  search: () => Effect.succeed({ rows: [] })
})

layer(RuleRepositoryPostgres.pipe(Layer.provide(BrokenAudit), Layer.provideMerge(migratedDatabase())), {
  excludeTestServices: true
})("a change whose record cannot be written", (it) => {
  it.effect("does not happen", () =>
    Effect.gen(function*() {
      const book = yield* RuleRepository
      const failures = yield* Effect.all([
        Effect.flip(book.createRule(ruleDraft, change)),
        Effect.flip(book.addDevelopmentHost("h", change)),
        Effect.flip(book.addTeam("h", "t", change)),
        Effect.flip(
          Effect.flatMap(book.ruleSet, ({ version }) => book.replaceRuleSet({ rules: [ruleDraft] }, version, change))
        )
      ])
      assert.deepStrictEqual(failures.map(({ _tag }) => _tag), [
        "RuleBookUnavailable",
        "RuleBookUnavailable",
        "RuleBookUnavailable",
        "RuleBookUnavailable"
      ])
      assert.deepStrictEqual(yield* Effect.all([book.rules, book.developmentHosts, book.teams]), [[], [], []])
    }))

  it.effect("raises no version for the alerters", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const version = Effect.map(sql`SELECT version::text FROM rules_version`, ([row]) => row?.["version"])
      const before = yield* version
      yield* Effect.flip(RuleRepository.use((book) => book.createRule(ruleDraft, change)))
      assert.strictEqual(yield* version, before)
    }))
})
