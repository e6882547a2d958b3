import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createHash } from "node:crypto"
import { records } from "../../../scripts/bench/corpus.ts"
import { benchRules } from "../../../scripts/bench/rules.ts"
import { newBatch } from "../../../services/alerter/Batch.ts"
import { compose } from "../../../services/alerter/stages/compose.ts"
import { decode } from "../../../services/alerter/stages/decode.ts"
import { evaluate } from "../../../services/alerter/stages/evaluate.ts"
import { outcomesOf } from "../../../services/alerter/stages/outcomes.ts"
import type { Event } from "../../../src/domain/Event.ts"
import type { RuleSet } from "../../../src/domain/Rule.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { buildPolicy } from "../../../src/matching/Policy.ts"
import { position, uuid } from "./events.ts"

const events = 100_000
const batchSize = 1_000
const decidedAt = "2026-01-02T03:04:06.000Z"

/**
 * SHA-256 of all that the alerter made of these events before rules had names and events could be silenced: the record
 * of each without the columns that came since, how it ended, and its alert.
 */
const before = "e80f3c86f2dd0ca914ca2f9bd234a93db02976e0698d2ffba7e245a37d5e921a"

/** Texts of events as the ingestor writes them, of which one in 5,000 is broken. */
const texts = (): ReadonlyArray<string> =>
  records(events, 11).map(({ hostname, message, trap_oid }, number) => {
    if (number % 5_000 === 4_999) return "{broken"
    const event: Event = {
      id: uuid(number),
      correlationId: `c-${number}`,
      source: trap_oid === undefined ? "syslog" : "snmp",
      sender: "golden",
      receivedAt: "2026-01-02T03:04:05.678Z",
      timestamp: "2026-01-02T03:04:05.000Z",
      hostname,
      message,
      ...(trap_oid === undefined ? {} : { trapOid: trap_oid })
    }
    return JSON.stringify(event)
  })

const ruleSet: RuleSet = {
  version: 1,
  rules: benchRules(1_000).map(({ matchString, matchType, priority, prodHandling, trapOid }, index) => ({
    id: index + 1,
    matchType,
    matchString,
    trapOid,
    syslogSeverity: null,
    priority,
    prodHandling,
    devHandling: "Log_only",
    teamAssignment: "NetOps",
    isActive: true
  })),
  developmentHosts: ["*1"],
  deviceTeams: [{ hostname: "*2", team: "Security" }]
}

describe("the alerter, when nobody uses more than rules", () => {
  it.effect("makes of 100,000 events byte for byte what it always made", () =>
    Effect.gen(function*() {
      const policy = inOneGo(buildPolicy(ruleSet))
      const all = texts()
      const digest = createHash("sha256")
      const tell = (...fields: ReadonlyArray<unknown>) => digest.update(`${JSON.stringify(fields)}\n`)
      for (let from = 0; from < events; from += batchSize) {
        const deliveries = all.slice(from, from + batchSize).map((payload, index) => ({
          position: position(from + index),
          payload
        }))
        const decoded = yield* decode(newBatch(deliveries, decidedAt, Effect.void))
        const batch = yield* compose(yield* evaluate(decoded, policy))
        const [outcomes, meta] = outcomesOf(batch, { threshold: 3, windowMs: 60_000 })
        for (const { record: { decision, event, raw } } of batch.evaluated) {
          const { environment, handling, outcome, reason, ruleId, team } = decision
          tell(event, raw, outcome, environment, ruleId, handling, team, reason)
        }
        for (const outcome of outcomes) {
          const print = outcome._tag === "unmatched" ? outcome.fingerprint : undefined
          const alerts = [
            outcome._tag === "forwarded" ? outcome.alert : undefined,
            print === undefined ? undefined : meta.candidates.get(print)
          ].map((alert) => alert && [alert.id, alert.signature, alert.payload])
          tell(outcome._tag, alerts[0], print ?? null, alerts[1])
        }
      }
      assert.strictEqual(digest.digest("hex"), before)
    }))
})
