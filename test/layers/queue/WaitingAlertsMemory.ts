import { Clock, Effect, Layer } from "effect"
import { readDuePlace, type WaitingAlert, WaitingAlerts, writeDuePlace } from "../../../layers/queue/WaitingAlerts.ts"
import { type HeldAlert, QueueState } from "./QueueState.ts"

export const WaitingAlertsMemory = Layer.effect(
  WaitingAlerts,
  Effect.map(QueueState, (state) => {
    const alertOf = (held: HeldAlert, now: number): WaitingAlert => {
      const { attempts, id, lease, payload, signature, tries } = held
      const dueAt = state.due.get(id)
      const where = dueAt === undefined || dueAt <= now ? "waiting" : lease === "" ? "parked" : "claimed"
      return { id, state: where, dueAt, tries, signature, payload, attempts }
    }
    const all = Effect.map(
      Clock.currentTimeMillis,
      (now) => Array.from(state.alerts.values(), (held) => alertOf(held, now))
    )

    return WaitingAlerts.of({
      due: (limit, after) =>
        Effect.map(all, (alerts) => {
          const place = readDuePlace(after)
          return alerts
            .flatMap((alert) => alert.dueAt === undefined ? [] : [{ alert, dueAt: alert.dueAt }])
            .filter(({ alert, dueAt }) => dueAt > place.score || (dueAt === place.score && alert.id > place.after))
            .sort((a, b) => a.dueAt - b.dueAt || (a.alert.id < b.alert.id ? -1 : 1))
            .slice(0, limit)
            .map(({ alert, dueAt }) => ({ place: writeDuePlace(dueAt, alert.id), alert }))
        }),
      behind: (limit, after = "") =>
        Effect.map(all, (alerts) =>
          alerts
            .filter(({ dueAt }) => dueAt === undefined)
            .map((alert) => ({ place: `${alert.signature}:${alert.id}`, alert }))
            .filter(({ place }) => place > after)
            .sort((a, b) => a.place < b.place ? -1 : 1)
            .slice(0, limit)),
      find: (ids) => Effect.map(all, (alerts) => alerts.filter(({ id }) => ids.includes(id))),
      retry: (ids) =>
        Effect.flatMap(Effect.all([all, Clock.currentTimeMillis]), ([alerts, now]) =>
          Effect.sync(() => {
            const parked = new Set(alerts.filter(({ state }) => state === "parked").map(({ id }) => id))
            const retried = ids.filter((id) => parked.delete(id))
            for (const id of retried) state.due.set(id, now)
            return retried
          })),
      handOver: (alerts, room) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          if (state.alerts.size >= room) return { _tag: "full" as const, waiting: state.alerts.size }
          const enqueued = alerts.filter((alert) => state.enqueueNewAlert(now, alert)).length
          state.add("recovered", enqueued)
          return { _tag: "done" as const, waiting: state.alerts.size, enqueued }
        })
    })
  })
)
