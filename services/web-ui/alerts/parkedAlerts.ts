import { Effect } from "effect"
import type { WaitingAlerts } from "../../../layers/queue/WaitingAlerts.ts"
import type { AlertFilter } from "../../../src/api/web-ui/Alerts.ts"
import { alertFilter, waitingRow } from "./alertRows.ts"

const atOnce = 500

/** The ids of the parked alerts that are meant, and of no more than one more than are expected. */
export const parkedAlerts = Effect.fnUntraced(
  function*(waiting: WaitingAlerts["Service"], filter: AlertFilter, expected: number) {
    const fits = alertFilter(filter)
    // One that is parked anew meanwhile comes again, further on.
    const ids = new Set<string>()
    for (let after: string | undefined, more = true; more && ids.size <= expected;) {
      const some = yield* waiting.due(atOnce, after)
      for (const { alert } of some) {
        if (alert.state === "parked" && ids.size <= expected && fits(waitingRow(alert))) ids.add(alert.id)
      }
      after = some.at(-1)?.place
      more = some.length === atOnce
      yield* Effect.yieldNow
    }
    return [...ids]
  }
)
