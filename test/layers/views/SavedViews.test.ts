import { Layer } from "effect"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { SavedViewsPostgres } from "../../../layers/views/SavedViewsPostgres.ts"
import { onEachPostgres } from "../../support/needs.ts"
import { ConfigAuditMemory } from "../audit/ConfigAuditMemory.ts"
import { migratedDatabase } from "../database.ts"
import { SavedViewsMemory } from "./SavedViewsMemory.ts"
import { savedViewsSuite } from "./savedViewsSuite.ts"

savedViewsSuite("shared views in memory", SavedViewsMemory.pipe(Layer.provideMerge(ConfigAuditMemory)))
onEachPostgres((version) =>
  savedViewsSuite(
    `shared views in PostgreSQL ${version}`,
    SavedViewsPostgres.pipe(Layer.provideMerge(ConfigAuditPostgres), Layer.provide(migratedDatabase(version)))
  )
)
