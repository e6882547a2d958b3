import { Layer } from "effect"
import { AlertQueueMemory } from "./AlertQueueMemory.ts"
import { BooksMemory } from "./BooksMemory.ts"
import { DeadLettersMemory } from "./DeadLettersMemory.ts"
import { DecodeReportMemory } from "./DecodeReportMemory.ts"
import { DeliveriesMemory } from "./DeliveriesMemory.ts"
import { EventQueueMemory } from "./EventQueueMemory.ts"
import { QueueState } from "./QueueState.ts"
import { WaitingAlertsMemory } from "./WaitingAlertsMemory.ts"

/** The ports of one partition, in memory and on the clock of the program. */
export const QueueMemory = Layer.mergeAll(
  EventQueueMemory,
  AlertQueueMemory,
  DeadLettersMemory,
  BooksMemory,
  DecodeReportMemory,
  DeliveriesMemory,
  WaitingAlertsMemory
).pipe(Layer.provide(QueueState.layer))
