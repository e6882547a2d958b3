import { Layer } from "effect"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { RuleHitsPostgres } from "../../../layers/rules/RuleHitsPostgres.ts"
import { RuleRepositoryPostgres } from "../../../layers/rules/RuleRepositoryPostgres.ts"
import { onEachPostgres } from "../../support/needs.ts"
import { ConfigAuditMemory } from "../audit/ConfigAuditMemory.ts"
import { migratedDatabase } from "../database.ts"
import { RuleHitsMemory } from "./RuleHitsMemory.ts"
import { ruleHitsSuite } from "./ruleHitsSuite.ts"
import { RuleRepositoryMemory } from "./RuleRepositoryMemory.ts"

ruleHitsSuite(
  "hits of rules in memory",
  RuleHitsMemory.pipe(Layer.provideMerge(RuleRepositoryMemory), Layer.provide(ConfigAuditMemory))
)
onEachPostgres((version) =>
  ruleHitsSuite(
    `hits of rules in PostgreSQL ${version}`,
    Layer.merge(RuleHitsPostgres, RuleRepositoryPostgres).pipe(
      Layer.provide(ConfigAuditPostgres),
      Layer.provide(migratedDatabase(version))
    )
  )
)
