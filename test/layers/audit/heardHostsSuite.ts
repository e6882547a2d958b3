import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventList } from "../../../layers/audit/EventList.ts"
import type { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { whole } from "./eventListSuite.ts"

const span = { from: "2026-08-22T10:00:00.000Z", to: "2026-08-23T10:00:00.000Z", since: "2026-08-16T10:00:00.000Z" }

/** What every `EventList` knows of hosts, whatever keeps the record. `fresh` has no events yet. */
export const heardHostsSuite = <E>(
  name: string,
  fresh: Layer.Layer<EventAudit | EventList | RuleRepository, E>
) => {
  layer(fresh, { excludeTestServices: true })(name, (it) => {
    it.effect("knows every host, its events of the span, and when its newest arrived", () =>
      Effect.gen(function*() {
        const { hosts } = yield* EventList
        assert.deepStrictEqual(yield* hosts(span), { hosts: [], exact: true, complete: true })
        const event = (number: number, hostname: string, receivedAt: string, timestamp = receivedAt) =>
          whole(number, { hostname, receivedAt, timestamp })
        yield* (yield* EventAudit).record([
          event(901, "sw-2", "2026-08-22T10:00:00.000Z"),
          event(902, "sw-2", "2026-08-23T09:59:59.999Z"),
          event(903, "sw-10", "2026-08-22T12:00:00.000Z"),
          // Was heard of, and is quiet.
          event(904, "quiet", "2026-08-20T01:02:03.004Z"),
          event(905, "quiet", "2026-08-19T01:02:03.004Z"),
          // Its clock is wrong.
          event(906, "early", "2026-08-22T13:00:00.000Z", "2024-01-01T00:00:00.000Z"),
          // Too long ago.
          event(907, "gone", "2026-08-16T09:00:00.000Z")
        ])
        assert.deepStrictEqual(yield* hosts(span), {
          hosts: [
            { hostname: "early", lastAt: "2026-08-22T13:00:00.000Z", count: 1 },
            { hostname: "quiet", lastAt: "2026-08-20T01:02:03.004Z", count: 0 },
            { hostname: "sw-10", lastAt: "2026-08-22T12:00:00.000Z", count: 1 },
            { hostname: "sw-2", lastAt: "2026-08-23T09:59:59.999Z", count: 2 }
          ],
          exact: true,
          complete: true
        })
      }))
  })
}
