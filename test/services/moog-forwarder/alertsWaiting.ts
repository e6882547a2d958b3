import { Effect, Schema } from "effect"
import { EventQueue } from "../../../layers/queue/EventQueue.ts"
import { Alert } from "../../../src/domain/Alert.ts"
import { wide } from "../../layers/queue/queueDriver.ts"

const encodeAlert = Schema.encodeSync(Schema.fromJsonString(Alert))

export interface RawAlert {
  readonly id: string
  readonly signature: string
  readonly payload: string
}

export const rawAlert = (alert: Alert): RawAlert => ({
  id: alert.id,
  signature: alert.signature,
  payload: encodeAlert(alert)
})

/** What ingestor and alerter do, in short: alerts are there for the forwarders to take. */
export const handOver = Effect.fnUntraced(function*(eventBatches: ReadonlyArray<RawAlert>) {
  const events = yield* EventQueue
  yield* events.append([{ sender: "test", events: eventBatches.map(({ id }) => id), quarantined: [] }], wide)
  const alerts = new Map(eventBatches.map((eventBatch) => [eventBatch.id, eventBatch]))
  const deliveries = yield* events.read("test", eventBatches.length, 0)
  yield* events.acknowledge(
    deliveries.flatMap(({ payload, position }) => {
      const alert = alerts.get(payload)
      return alert === undefined ? [] : [{ _tag: "forwarded" as const, position, alert }]
    }),
    { threshold: 1_000, windowMs: 1_000, candidates: new Map() }
  )
})

export const range = (count: number) => Array.from({ length: count }, (_, index) => index)
