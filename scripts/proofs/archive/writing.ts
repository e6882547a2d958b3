import { Clock, Effect, Ref } from "effect"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { randomUuid } from "../../../layers/random/secureRandom.ts"
import type { Decision } from "../../../src/domain/Decision.ts"

const decision: Decision = {
  outcome: "unmatched",
  environment: "prod",
  ruleId: null,
  handling: null,
  team: "NETO",
  reason: "No rule matched.",
  rulesVersion: 7,
  cause: null,
  causeId: null
}

const batch = 1_000

/** What writing came to: rows, and the milliseconds of each statement. */
export interface Written {
  readonly rows: number
  readonly statements: ReadonlyArray<number>
}

/** Writes rows of now by the statement of the alerter, so many a second, until it is interrupted. */
export const writing = (written: Ref.Ref<Written>, perSecond: number, lateAt: string) =>
  Effect.gen(function*() {
    const { record } = yield* EventAudit
    const begun = yield* Clock.currentTimeMillis
    for (let number = 0;; number++) {
      const due = begun + (number * batch * 1_000) / perSecond
      const ahead = due - (yield* Clock.currentTimeMillis)
      if (ahead > 0) yield* Effect.sleep(ahead)
      const now = new Date(yield* Clock.currentTimeMillis).toISOString()
      const records = Array.from({ length: batch }, (_, index) => {
        const id = randomUuid()
        // Of a device whose messages come late: one in 100,000.
        const timestamp = index === 0 && number % 100 === 0 ? lateAt : now
        const hostname = `sw${(number * 7 + index) % 5_000}.example.com`
        const event = { id, timestamp, receivedAt: now, hostname, correlationId: id, severity: 3 as const }
        return { event, raw: JSON.stringify({ ...event, message: "%LINK-3-UPDOWN: changed state to down" }), decision }
      })
      const before = yield* Clock.currentTimeMillis
      yield* record(records)
      const after = yield* Clock.currentTimeMillis
      yield* Ref.update(written, ({ rows, statements }) => ({
        rows: rows + batch,
        statements: [...statements.slice(-200_000), after - before]
      }))
    }
  })
