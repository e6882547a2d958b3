import { Clock, Context, Effect, Exit, Layer } from "effect"
import type { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { EventList, type HeardHost, type HeardHosts as AllHeard } from "../../../layers/audit/EventList.ts"
import { isoText } from "../../../src/decode/fields/calendar.ts"
import { dbQueryTimed } from "../metrics.ts"

export const dayMs = 86_400_000
/** Days of the record in which hosts are looked for. */
export const heardDays = 7
/** One look at the record answers everybody who asks within this time. */
const freshFor = "10 seconds"

interface Looked {
  readonly asOf: string
}

/** Knows the hosts that events came from. */
export class HeardHosts extends Context.Service<HeardHosts, {
  readonly all: Effect.Effect<AllHeard & Looked, EventAuditFailed>
  readonly one: (
    hostname: string
  ) => Effect.Effect<
    Omit<HeardHost, "lastAt"> & Looked & { readonly lastAt: string | null; readonly exact: boolean },
    EventAuditFailed
  >
}>()("mutt/services/web-ui/hosts/HeardHosts") {
  static readonly layer = Layer.effect(
    HeardHosts,
    Effect.gen(function*() {
      const list = yield* EventList
      const span = Effect.map(Clock.currentTimeMillis, (now) => ({
        from: isoText(now - dayMs),
        to: isoText(now),
        since: isoText(now - heardDays * dayMs)
      }))

      const all = yield* span.pipe(
        Effect.flatMap((query) => Effect.map(list.hosts(query), (heard) => ({ ...heard, asOf: query.to }))),
        dbQueryTimed("get_hosts"),
        Effect.cachedWithTTL((exit) => (Exit.isSuccess(exit) ? freshFor : 0))
      )

      const one = Effect.fnUntraced(function*(hostname: string) {
        const { from, since, to } = yield* span
        const filter = { host: hostname }
        const [{ buckets, exact }, { rows: [newest] }] = yield* Effect.all([
          list.counts({ filter, order: "arrival", from, to }).pipe(dbQueryTimed("count_events")),
          list.page({ filter, order: "device", from: since, limit: 1 }).pipe(dbQueryTimed("list_events"))
        ])
        const count = buckets.reduce(
          (sum, { forwarded, suppressed, unmatched }) => sum + forwarded + suppressed + unmatched,
          0
        )
        return { hostname, lastAt: newest?.received_at ?? null, count, exact, asOf: to }
      })

      return HeardHosts.of({ all, one })
    })
  )
}
