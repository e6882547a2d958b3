import { Clock, Context, Effect, Layer } from "effect"
import { type DeliveryResult, Receiver } from "../../../layers/delivery/Receiver.ts"
import type { Alert } from "../../../src/domain/Alert.ts"

export interface Received {
  readonly alert: Alert
  /** Epoch milliseconds. */
  readonly at: number
  readonly result: DeliveryResult
}

/** How the receiver of a test answers, and what it was sent. */
export class ReceiverScript extends Context.Service<ReceiverScript, {
  /** In order of arrival. */
  readonly received: () => ReadonlyArray<Received>
  readonly answer: (answer: (alert: Alert) => Effect.Effect<DeliveryResult>) => Effect.Effect<void>
}>()("mutt/layers/delivery/ReceiverScript") {}

/** Takes every alert, until a `ReceiverScript` says otherwise. */
export const ReceiverMemory = Layer.effectContext(Effect.sync(() => {
  const received: Array<Received> = []
  let respond: (alert: Alert) => Effect.Effect<DeliveryResult> = () =>
    Effect.succeed({ _tag: "delivered", status: 200 })

  const deliver = Effect.fn("Receiver.deliver")(function*(alert: Alert) {
    const at = yield* Clock.currentTimeMillis
    const result = yield* respond(alert)
    received.push({ alert, at, result })
    return result
  })

  return Context.make(Receiver, Receiver.of({ name: "memory", deliver })).pipe(
    Context.add(ReceiverScript, {
      received: () => received,
      answer: (answer) =>
        Effect.sync(() => {
          respond = answer
        })
    })
  )
}))
