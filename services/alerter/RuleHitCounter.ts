import { Context, Effect, Layer } from "effect"
import { RuleHits } from "../../layers/rules/RuleHits.ts"
import { droppedAt } from "../../layers/telemetry/dropped.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import type { Decision } from "../../src/domain/Decision.ts"
import type { HourHits } from "../../src/domain/RuleHits.ts"
import type { Evaluated, Stage } from "./Batch.ts"

/** Counts which rules decided, and adds that to the database now and then. What cannot be stored then is lost. */
export class RuleHitCounter extends Context.Service<RuleHitCounter, {
  readonly count: (evaluated: ReadonlyArray<Evaluated>) => void
}>()("mutt/services/alerter/RuleHitCounter") {}

const flushEvery = "10 seconds"

export const RuleHitCounterLayer = Layer.effect(
  RuleHitCounter,
  Effect.gen(function*() {
    const hits = yield* RuleHits
    let counted = new Map<string, HourHits>()

    const flush = Effect.suspend(() => {
      const all = [...counted.values()]
      counted = new Map()
      return all.length === 0 ? Effect.void : hits.add(all)
    }).pipe(droppedAt("alerter.hits", "Hits of rules could not be stored, and are not counted."))

    // A process that ends well loses none.
    yield* Effect.addFinalizer(() => Effect.ignore(Effect.timeout(flush, "2 seconds")))
    yield* Effect.sleep(flushEvery).pipe(Effect.andThen(flush), Effect.forever, supervised("alerter.hits"))

    return RuleHitCounter.of({
      count: (evaluated) => {
        for (const [hour, decisions] of byHour(evaluated)) {
          for (const [decision, { count, last }] of decisions) add(counted, hour, decision, count, last)
        }
      }
    })
  })
)

/**
 * Counts the rules that decided about a batch. A batch that was recorded before, even in part, was counted by whoever
 * recorded it.
 */
export const makeCountHits = Effect.map(
  RuleHitCounter,
  ({ count }): Stage => (batch) =>
    Effect.sync(() => {
      if (batch.recorded.size === 0) count(batch.evaluated)
      return batch
    })
)

interface Count {
  count: number
  last: string
}

/** `2026-03-29T01` → decision → its events. Decisions are shared, so that this costs an event two look-ups. */
const byHour = (evaluated: ReadonlyArray<Evaluated>): ReadonlyMap<string, ReadonlyMap<Decision, Count>> => {
  const hours = new Map<string, Map<Decision, Count>>()
  let hour = "none"
  let counts = new Map<Decision, Count>()
  for (const { record: { decision, event: { receivedAt } } } of evaluated) {
    if (decision.ruleId === null) continue
    if (!receivedAt.startsWith(hour)) {
      hour = receivedAt.slice(0, 13)
      counts = hours.get(hour) ?? new Map()
      hours.set(hour, counts)
    }
    const known = counts.get(decision)
    if (known === undefined) counts.set(decision, { count: 1, last: receivedAt })
    else {
      known.count++
      known.last = receivedAt
    }
  }
  return hours
}

const add = (counted: Map<string, HourHits>, hour: string, decision: Decision, count: number, last: string) => {
  const { outcome, ruleId } = decision
  // What has another form cannot be stored.
  if (ruleId === null || !/^\d{4}-\d{2}-\d{2}T\d{2}$/.test(hour)) return
  const key = `${ruleId} ${hour}`
  const { forwarded = 0, lastHit = "", suppressed = 0 } = counted.get(key) ?? {}
  counted.set(key, {
    ruleId,
    hour: `${hour}:00:00.000Z`,
    forwarded: forwarded + (outcome === "forwarded" ? count : 0),
    suppressed: suppressed + (outcome === "suppressed" ? count : 0),
    lastHit: last > lastHit ? last : lastHit
  })
}
