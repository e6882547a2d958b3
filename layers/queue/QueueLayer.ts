import { Effect, Layer } from "effect"
import { Environment } from "../environment/Environment.ts"
import { AlertQueueRedis } from "./AlertQueueRedis.ts"
import { BooksRedis } from "./BooksRedis.ts"
import { DeadLettersRedis } from "./DeadLettersRedis.ts"
import { DecodeReportRedis } from "./DecodeReportRedis.ts"
import { DeliveriesRedis } from "./DeliveriesRedis.ts"
import { EventQueueRedis } from "./EventQueueRedis.ts"
import { QueueFormatLayer } from "./QueueFormatLayer.ts"
import { WaitingAlertsRedis } from "./WaitingAlertsRedis.ts"

/** The ports of one partition, in Redis. */
export const queueRedis = (queueName: string) =>
  Layer.mergeAll(
    EventQueueRedis(queueName),
    AlertQueueRedis(queueName),
    DeadLettersRedis(queueName),
    BooksRedis(queueName),
    DecodeReportRedis(queueName),
    DeliveriesRedis(queueName),
    WaitingAlertsRedis(queueName)
  )

/** The queue as the programs use it. Needs `Redis`, `Instances` and `Environment`. */
export const QueueLayer = Layer.unwrap(Effect.map(Environment, ({ queueName }) => queueRedis(queueName))).pipe(
  Layer.provideMerge(QueueFormatLayer)
)
