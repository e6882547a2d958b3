import { Effect, Layer, Schedule } from "effect"
import { droppedAt } from "../telemetry/dropped.ts"
import { supervised } from "../telemetry/supervised.ts"
import { AuditChain } from "./AuditChain.ts"
import { AuditChainPostgres } from "./AuditChainPostgres.ts"
import { CheckpointsFile, CheckpointsMemory } from "./Checkpoints.ts"
import { ConfigAuditPostgres } from "./ConfigAuditPostgres.ts"
import { DeliveryRecordPostgres } from "./DeliveryRecordPostgres.ts"
import { EventAuditPostgres } from "./EventAuditPostgres.ts"
import { EventListPostgres } from "./EventListPostgres.ts"
import { EventLookupPostgres } from "./EventLookupPostgres.ts"
import { EventReaderPostgres } from "./EventReaderPostgres.ts"
import { ForwardedEventsPostgres } from "./ForwardedEventsPostgres.ts"

/** Makes a checkpoint each minute when the chain has grown. */
export const CheckpointsMade = Layer.effectDiscard(
  AuditChain.use((chain) => chain.checkpoint).pipe(
    droppedAt("audit.checkpoint", "A checkpoint of the audit chain could not be made."),
    Effect.repeat(Schedule.spaced("1 minute")),
    supervised("audit.checkpoint")
  )
)

/** Assembles the audits of decisions and of changes. Without a file, checkpoints last as long as the process. */
export const AuditLayer = (checkpointFile: string | undefined) =>
  Layer.mergeAll(
    ConfigAuditPostgres,
    EventAuditPostgres,
    EventListPostgres,
    EventLookupPostgres,
    EventReaderPostgres,
    DeliveryRecordPostgres,
    ForwardedEventsPostgres,
    CheckpointsMade.pipe(Layer.provideMerge(AuditChainPostgres))
  )
    .pipe(
      Layer.provide(checkpointFile === undefined ? CheckpointsMemory : CheckpointsFile(checkpointFile))
    )
