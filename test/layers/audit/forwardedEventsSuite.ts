import { assert, layer } from "@effect/vitest"
import { Clock, Effect, type Layer } from "effect"
import { DeliveryRecord } from "../../../layers/audit/DeliveryRecord.ts"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import {
  ForwardedEvents,
  type ForwardedPlace,
  readForwardedPlace,
  writeForwardedPlace
} from "../../../layers/audit/ForwardedEvents.ts"
import { forwarded, record, uuid } from "./eventAuditSuite.ts"

const read = (options: { readonly delivered: boolean; readonly limit: number }, from = 0) =>
  Effect.gen(function*() {
    const { page, since } = yield* ForwardedEvents
    const found: Array<string> = []
    for (let place: ForwardedPlace | undefined = yield* since(from); place !== undefined;) {
      const { events, next }: Effect.Success<ReturnType<typeof page>> = yield* page(place, options)
      assert.isAtMost(events.length, options.limit)
      found.push(...events.map(({ id }) => id))
      // Somebody else may go on there.
      place = next === undefined ? undefined : readForwardedPlace(writeForwardedPlace(next))
    }
    return found
  })

/** What every `ForwardedEvents` reads, whatever keeps the events. */
export const forwardedEventsSuite = <E>(
  name: string,
  audit: Layer.Layer<EventAudit | DeliveryRecord | ForwardedEvents, E>
) => {
  layer(audit, { excludeTestServices: true })(name, (it) => {
    it.effect("reads each forwarded event once, as it was recorded, without those that were delivered", () =>
      Effect.gen(function*() {
        const { record: store } = yield* EventAudit
        const started = yield* Clock.currentTimeMillis
        const many = Array.from({ length: 25 }, (_, n) => record(n + 1, {}, forwarded))
        yield* store([...many, record(100), record(101, {}, { ...forwarded, outcome: "suppressed" })])
        yield* store([record(200, {}, forwarded)])
        const told = (number: number) => ({ alertId: uuid(number), deliveredAt: started, tries: 1, attempts: [] })
        yield* (yield* DeliveryRecord).record([told(3), told(200)])
        const all = [...many.map(({ event }) => event.id), uuid(200)]
        assert.deepStrictEqual(yield* read({ delivered: true, limit: 10 }), all)
        const waiting = all.filter((id) => id !== uuid(3) && id !== uuid(200))
        assert.deepStrictEqual(yield* read({ delivered: false, limit: 7 }), waiting)
        assert.deepStrictEqual(yield* read({ delivered: false, limit: 100 }, started + 3_600_000), [])

        const { page, since } = yield* ForwardedEvents
        const { events: [first] } = yield* page(yield* since(started - 60_000), { delivered: false, limit: 1 })
        assert.deepInclude(first, {
          id: uuid(1),
          raw: "{\"number\":1}",
          environment: "dev",
          ruleId: 7,
          handling: "Page_only",
          team: "NetOps"
        })
        assert.match(first?.recordedAt ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      }))

    it.effect("reads no place that it did not write", () =>
      Effect.sync(() => {
        for (const text of ["", "1", "1__2", "1_x_2_3", "1__2_3_4", `${"1".repeat(17)}__2_3`]) {
          assert.isUndefined(readForwardedPlace(text), text)
        }
      }))
  })
}
