import { Clock, Effect, Layer } from "effect"
import { DeliveryRecord } from "../../../layers/audit/DeliveryRecord.ts"
import { ForwardedEvents } from "../../../layers/audit/ForwardedEvents.ts"
import { Environment, Handling } from "../../../src/domain/Rule.ts"
import { RecordedRows } from "./EventAuditMemory.ts"

/** Reads what is kept in memory. */
export const ForwardedEventsMemory = Layer.effect(
  ForwardedEvents,
  Effect.gen(function*() {
    const rows = yield* RecordedRows
    const deliveries = yield* DeliveryRecord
    return ForwardedEvents.of({
      since: (from) =>
        Effect.map(Clock.currentTimeMillis, (now) => ({ micros: from * 1_000, until: now * 1_000 + 1, slice: 1 })),
      page: Effect.fnUntraced(function*({ after = "", micros, slice, until }, { delivered, limit }) {
        const found = rows()
          .map((row) => ({ row, micros: Date.parse(row.recorded_at) * 1_000 }))
          .filter((one) =>
            one.row.outcome === "forwarded" && one.micros < until &&
            (one.micros > micros || (one.micros === micros && one.row.id > after))
          )
          .sort((a, b) => a.micros - b.micros || (a.row.id < b.row.id ? -1 : 1))
        const wanted = delivered
          ? found
          : yield* Effect.filter(
            found,
            ({ row }) => Effect.map(Effect.orDie(deliveries.find(row.id)), (one) => one === undefined)
          )
        const page = wanted.slice(0, limit)
        const last = page.at(-1)
        return {
          events: page.map(({ row }) => ({
            id: row.id,
            recordedAt: row.recorded_at,
            raw: row.raw_message,
            environment: Environment.literals.find((one) => one === row.environment) ?? "prod",
            ruleId: row.matched_rule_id,
            handling: Handling.literals.find((one) => one === row.handling_decision) ?? null,
            team: row.team_assignment
          })),
          next: wanted.length > limit && last !== undefined
            ? { micros: last.micros, after: last.row.id, until, slice }
            : undefined
        }
      })
    })
  })
)
