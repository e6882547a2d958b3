import { Layer } from "effect"
import { DeliveryRecordPostgres } from "../../../layers/audit/DeliveryRecordPostgres.ts"
import { EventAuditPostgres } from "../../../layers/audit/EventAuditPostgres.ts"
import { ForwardedEventsPostgres } from "../../../layers/audit/ForwardedEventsPostgres.ts"
import { onEachPostgres } from "../../support/needs.ts"
import { migratedDatabase } from "../database.ts"
import { DeliveryRecordMemory } from "./DeliveryRecordMemory.ts"
import { EventAuditMemory } from "./EventAuditMemory.ts"
import { ForwardedEventsMemory } from "./ForwardedEventsMemory.ts"
import { forwardedEventsSuite } from "./forwardedEventsSuite.ts"

forwardedEventsSuite(
  "forwarded events in memory",
  ForwardedEventsMemory.pipe(Layer.provideMerge(Layer.merge(EventAuditMemory, DeliveryRecordMemory)))
)

onEachPostgres((version) =>
  forwardedEventsSuite(
    `forwarded events in PostgreSQL ${version}`,
    Layer.mergeAll(ForwardedEventsPostgres, EventAuditPostgres, DeliveryRecordPostgres).pipe(
      Layer.provideMerge(migratedDatabase(version))
    )
  )
)
