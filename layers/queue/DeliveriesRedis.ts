import { Effect, Layer } from "effect"
import type { AlertDelivery } from "../../src/domain/Delivery.ts"
import { alertState } from "./alertScripts.ts"
import { attemptsOf } from "./deadLetterTexts.ts"
import { type AlertState, Deliveries } from "./Deliveries.ts"
import { redisQueue, unavailable } from "./redisQueue.ts"
import { int, list, type RawEntry, streamEntries, texts } from "./replies.ts"

export const DeliveriesRedis = (queueName: string) =>
  Layer.effect(
    Deliveries,
    Effect.map(redisQueue(queueName), ({ keys: { alertsDelivered }, redis, run }) =>
      Deliveries.of({
        read: (entries) =>
          redis.command("XRANGE", alertsDelivered, "-", "+", "COUNT", entries).pipe(
            Effect.mapError(unavailable),
            Effect.map((reply) =>
              streamEntries(reply).map((entry) => ({ entryId: entry.id, deliveries: deliveriesOf(entry) }))
            )
          ),
        forget: (entryIds) =>
          entryIds.length === 0
            ? Effect.void
            : redis.command("XDEL", alertsDelivered, ...entryIds).pipe(Effect.mapError(unavailable), Effect.asVoid),
        state: (id) => Effect.map(run(alertState.call({ id })), stateOf)
      }))
  )

const deliveriesOf = ({ fields }: RawEntry): ReadonlyArray<AlertDelivery> =>
  (fields.get("d") ?? "").split("\n").flatMap((line) => {
    const end = line.lastIndexOf(" ")
    if (end < 1) return []
    const alertId = line.slice(0, end)
    return [{
      alertId,
      deliveredAt: int(fields.get("t") ?? "0"),
      tries: int(line.slice(end + 1)),
      attempts: attemptsOf(fields.get(`a:${alertId}`) ?? "")
    }]
  })

const stateOf = (reply: unknown): AlertState | undefined => {
  if (list(reply).length === 0) return undefined
  const [due = "", tries = "0", lease = "", signature = "", attempts = ""] = texts(reply)
  return due === ""
    ? { _tag: "behind", signature }
    : { _tag: "waiting", dueAt: int(due), claimed: lease !== "", tries: int(tries), attempts: attemptsOf(attempts) }
}
