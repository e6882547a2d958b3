import { layer } from "@effect/vitest"
import { Layer } from "effect"
import { ConfigAuditPostgres } from "../../../../layers/audit/ConfigAuditPostgres.ts"
import { RotationJournalPostgres } from "../../../../services/web-ui/rotation/RotationJournalPostgres.ts"
import { ConfigAuditMemory } from "../../../layers/audit/ConfigAuditMemory.ts"
import { migratedDatabase } from "../../../layers/database.ts"
import { onEachPostgres } from "../../../support/needs.ts"
import { RotationJournalMemory } from "./RotationJournalMemory.ts"
import { rotationJournalSuite } from "./rotationJournalSuite.ts"
import { unlinkedRotations } from "./unlinkedRotations.ts"

layer(RotationJournalMemory.pipe(Layer.provideMerge(ConfigAuditMemory)))(
  "a journal in memory",
  (it) => rotationJournalSuite(it)
)

onEachPostgres((version) => {
  layer(
    RotationJournalPostgres.pipe(
      Layer.provideMerge(ConfigAuditPostgres),
      Layer.provideMerge(migratedDatabase(version))
    ),
    { excludeTestServices: true }
  )(`a journal in PostgreSQL ${version}`, (it) => {
    rotationJournalSuite(it)
    unlinkedRotations(it)
  })
})
