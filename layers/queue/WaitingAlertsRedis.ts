import { Effect, Layer } from "effect"
import * as scripts from "./alertScripts.ts"
import { attemptsOf } from "./deadLetterTexts.ts"
import { redisQueue } from "./redisQueue.ts"
import { int, list, text, texts } from "./replies.ts"
import { type HandedOver, readDuePlace, type WaitingAlert, WaitingAlerts, writeDuePlace } from "./WaitingAlerts.ts"

/** Ids in one call of a script. */
const atOnce = 1_000

export const WaitingAlertsRedis = (queueName: string) =>
  Layer.effect(
    WaitingAlerts,
    Effect.map(redisQueue(queueName), ({ run, runDurably }) => {
      const inChunks = <A, E>(
        ids: ReadonlyArray<string>,
        call: (some: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<A>, E>
      ) =>
        Effect.map(
          Effect.forEach(
            Array.from({ length: Math.ceil(ids.length / atOnce) }, (_, index) => index * atOnce),
            (from) => call(ids.slice(from, from + atOnce))
          ),
          (all) => all.flat()
        )

      return WaitingAlerts.of({
        due: (limit, after) =>
          Effect.map(run(scripts.dueAlerts.call({ ...readDuePlace(after), limit })), (reply) =>
            alertsOf(reply).map((alert) => ({ place: writeDuePlace(alert.dueAt ?? 0, alert.id), alert }))),
        behind: (limit, after = "") =>
          Effect.map(run(scripts.behindAlerts.call({ after, limit })), (reply) => {
            const [places, rows] = list(reply)
            const found = new Map(alertsOf(rows).map((alert) => [alert.id, alert]))
            // The id follows the place: 40 digits of a hash, 16 of a number, and a colon after each.
            return texts(places).flatMap((place) => {
              const alert = found.get(place.slice(58))
              return alert === undefined ? [] : [{ place, alert }]
            })
          }),
        find: (ids) =>
          inChunks(ids, (some) => {
            const call = scripts.alertsById.call({ ids: some.length })
            for (const id of some) {
              call.add("id", { id })
            }
            return Effect.map(run(call), alertsOf)
          }),
        retry: (ids) =>
          inChunks(ids, (some) => {
            const call = scripts.retryAlerts.call({ ids: some.length })
            for (const id of some) {
              call.add("id", { id })
            }
            return Effect.map(runDurably(call), texts)
          }),
        handOver: (alerts, room) => {
          const call = scripts.handOverAlerts.call({ room, alertCount: alerts.length })
          for (const alert of alerts) {
            call.add("alert", alert)
          }
          return Effect.map(runDurably(call), (reply): HandedOver => {
            const [waiting, enqueued] = list(reply)
            return enqueued === undefined
              ? { _tag: "full", waiting: int(waiting) }
              : { _tag: "done", waiting: int(waiting), enqueued: int(enqueued) }
          })
        }
      })
    })
  )

const stateOf = (state: string): WaitingAlert["state"] => state === "parked" || state === "claimed" ? state : "waiting"

const fields = 7

const alertsOf = (reply: unknown): ReadonlyArray<WaitingAlert> => {
  const rows = list(reply)
  return Array.from({ length: Math.floor(rows.length / fields) }, (_, index) => {
    const [id, state, due, tries, signature, payload, attempts] = rows.slice(index * fields, (index + 1) * fields)
    return {
      id: text(id),
      state: stateOf(text(state)),
      dueAt: due === "" ? undefined : int(due),
      tries: int(tries),
      signature: text(signature),
      payload: text(payload),
      attempts: attemptsOf(text(attempts))
    }
  })
}
