import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { EventAudit } from "../../../../layers/audit/EventAudit.ts"
import {
  ForwardedEvents,
  type ForwardedPlace,
  readForwardedPlace,
  writeForwardedPlace
} from "../../../../layers/audit/ForwardedEvents.ts"
import { WaitingAlerts } from "../../../../layers/queue/WaitingAlerts.ts"
import { outcomeOf } from "../../../../services/alerter/stages/outcomes.ts"
import { type AlertsProgress, makeRecoverAlerts } from "../../../../services/web-ui/recovery/recoverAlerts.ts"
import type { Event } from "../../../../src/domain/Event.ts"
import { DeliveryRecordMemory } from "../../../layers/audit/DeliveryRecordMemory.ts"
import { EventAuditMemory } from "../../../layers/audit/EventAuditMemory.ts"
import { forwarded, uuid } from "../../../layers/audit/eventAuditSuite.ts"
import { ForwardedEventsMemory } from "../../../layers/audit/ForwardedEventsMemory.ts"
import { alert, delivered, queueDriver } from "../../../layers/queue/queueDriver.ts"
import { QueueMemory } from "../../../layers/queue/QueueMemory.ts"

const eventOf = (number: number): Event => ({
  id: uuid(number),
  correlationId: `c-${number}`,
  source: "syslog",
  sender: "syslog/udp",
  receivedAt: "2026-08-22T10:00:01.000Z",
  timestamp: "2026-08-22T10:00:00.123Z",
  hostname: `sw${number}`,
  message: `port ${number} down`,
  severity: 3
})

const world = ForwardedEventsMemory.pipe(
  Layer.provideMerge(Layer.merge(EventAuditMemory, DeliveryRecordMemory)),
  Layer.merge(QueueMemory)
)

const from = (place: ForwardedPlace): AlertsProgress => ({
  found: 0,
  handedOver: 0,
  known: 0,
  unreadable: 0,
  waiting: 0,
  place
})

layer(world)("alerts of the record", (it) => {
  it.effect("are handed over page by page, as they were made, and go on where an interrupted run had come to", () =>
    Effect.gen(function*() {
      const { record } = yield* EventAudit
      const { since } = yield* ForwardedEvents
      const waiting = yield* WaitingAlerts
      const { claimed, finish, handOver } = yield* queueDriver
      const recover = yield* makeRecoverAlerts
      const events = Array.from({ length: 1_200 }, (_, number) => eventOf(number + 1))
      yield* record(events.map((event) => ({ event, raw: JSON.stringify(event), decision: forwarded })))
      yield* record([{ event: eventOf(5_000), raw: "no event", decision: forwarded }])

      const start = yield* since(0)
      const counted = yield* recover(from(start), { delivered: false, dryRun: true }, 60_000)
      assert.deepInclude(counted, { found: 1_201, handedOver: 1_200, unreadable: 1, place: undefined })
      assert.deepStrictEqual(yield* waiting.due(1), [])

      // Without time there is one page.
      const first = yield* recover(from(start), { delivered: false, dryRun: false }, 0)
      assert.deepInclude(first, { found: 500, handedOver: 500, waiting: 500 })
      const reached = first.place === undefined ? undefined : readForwardedPlace(writeForwardedPlace(first.place))
      if (reached === undefined) return assert.fail("it is said to be at its end")
      const rest = yield* recover(from(reached), { delivered: false, dryRun: false }, 60_000)
      assert.deepInclude(rest, {
        found: 701,
        handedOver: 700,
        known: 0,
        unreadable: 1,
        waiting: 1_200,
        place: undefined
      })
      const again = yield* recover(from(start), { delivered: false, dryRun: false }, 60_000)
      assert.deepInclude(again, { found: 1_201, handedOver: 0, known: 1_200, waiting: 1_200 })

      // What the alerter would have made of it, but for the moment of the decision.
      const [event] = events
      const [found] = yield* waiting.find([uuid(1)])
      if (event === undefined || found === undefined) return assert.fail("the first is not there")
      const position = { entry: "1-0", index: 0, size: 1, bytes: 1 }
      const made = outcomeOf(position, event, forwarded, JSON.parse(found.payload).decidedAt)
      assert.deepStrictEqual(
        made._tag === "forwarded" ? made.alert : undefined,
        { id: found.id, signature: found.signature, payload: found.payload }
      )

      // No more than 10,000 wait at a time.
      yield* handOver(Array.from({ length: 8_800 }, (_, number) => alert(`other-${number}`)))
      yield* record([eventOf(6_000)].map((late) => ({ event: late, raw: JSON.stringify(late), decision: forwarded })))
      const late = yield* since(0)
      const full = yield* recover(from(late), { delivered: false, dryRun: false }, 0)
      assert.deepInclude(full, { found: 0, handedOver: 0, waiting: 10_000, place: late })
      for (const one of yield* claimed({ max: 5_000 })) yield* finish(one, delivered)
      const room = yield* recover(from(late), { delivered: false, dryRun: false }, 60_000)
      assert.deepInclude(room, { handedOver: 1, known: 1_200, place: undefined })
    }))
})
