import { assert } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import type { AlertOutcome, ClaimedAlert } from "../../../layers/queue/AlertQueue.ts"
import type { BooksPage } from "../../../layers/queue/Books.ts"
import type { Reread } from "../../../layers/queue/DeadLetters.ts"
import type { Delivery, Outcome } from "../../../layers/queue/EventQueue.ts"
import { alert, dead, delivered, letter, parked, queueDriver } from "./queueDriver.ts"

/** The equations of `Books`, side by side. */
export const sides = (page: BooksPage): ReadonlyArray<readonly [number, number]> => [
  [
    page.accepted,
    page.forwarded + page.suppressed + page.unmatched + page.eventsWaiting + page.eventsDead + page.eventsDiscarded
  ],
  [
    page.forwarded + page.metaAlerts + page.recovered,
    page.delivered + page.alertsWaiting + page.alertsDead + page.alertsDiscarded
  ],
  [
    page.quarantined,
    page.quarantineHeld + page.quarantineReplayed + page.quarantineDiscarded + page.quarantineTrimmed +
    page.quarantineOverShare
  ]
]

/** Mulberry32: the same numbers for the same seed. */
const chance = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * Does random things to a queue, checks after each that the books balance, and gives what was answered, without what
 * differs by nature (entry ids and leases). Workers forget what they hold, as a crash makes them, and settle twice.
 */
export const modelTest = Effect.fnUntraced(function*(seed: number, steps: number) {
  const { alerts, books, claim, events, letters, acknowledge, take } = yield* queueDriver
  const random = chance(seed)
  const start = yield* Clock.currentTimeMillis
  const below = (limit: number) => Math.floor(random() * limit)
  const pick = <A>(all: ReadonlyArray<A>): A | undefined => all[below(all.length)]
  let made = 0
  let held: Array<Delivery> = []
  let settled: Array<Outcome> = []
  let claimed: Array<ClaimedAlert> = []
  /** How often a candidate is asked for is nobody's promise. */
  const metaAlerts = () => {
    const [number, some] = [++made, random() < 0.9]
    return {
      threshold: 4,
      windowMs: 20_000,
      candidates: { get: (print: string) => some ? alert(`m-${number} ${print}`, print) : undefined }
    }
  }

  const ending = ({ payload, position }: Delivery): Outcome => {
    const roll = below(10)
    const receivedAt = new Date(start - (below(8) === 0 ? 3_600_000 : 0)).toISOString()
    if (roll < 4) {
      const made = alert(roll === 0 ? "twin" : `a ${payload}`, `s-${below(5)}`)
      return { _tag: "forwarded", position, receivedAt, alert: made }
    }
    if (roll < 6) return { _tag: "suppressed", position, receivedAt }
    if (roll < 9) return { _tag: "unmatched", position, receivedAt, fingerprint: `h:${below(3)}` }
    return { _tag: "dead", position, letter: letter("poison") }
  }

  const outcome = (): AlertOutcome => {
    const roll = below(10)
    if (roll < 4) return delivered
    if (roll < 9) return parked(below(4_000), { failure: roll < 8, counts: roll < 7 })
    return dead
  }

  const payloadsOf = (all: ReadonlyArray<{ readonly payload: string }>) => all.map(({ payload }) => payload)

  /** Some of the newest dead letters, by what is in them. */
  const letterIds = Effect.fnUntraced(function*(queue: "events" | "alerts" | "quarantine") {
    const all = yield* letters.list(queue, 3)
    return [
      all.map(({ entryId }) => entryId),
      all.map(({ attempts, payload, reason }) => ({ attempts, payload, reason }))
    ] as const
  })

  const acts: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
    Effect.suspend(() =>
      events.append(
        Array.from({ length: 1 + below(3) }, () => ({
          sender: `s-${below(3)}`,
          events: Array.from({ length: below(12) }, () => `e-${++made}`.padEnd(below(30))),
          quarantined: Array.from(
            { length: below(3) },
            () => ({ text: `q-${++made}`.padEnd(below(20)), reason: "not_json", peer: pick(["p", "q", undefined]) })
          )
        })),
        {
          capacity: 60,
          capacityBytes: 700,
          rate: 15,
          rateWindowMs: 2_000,
          quarantine: { records: 16, bytes: 160, keptMs: 86_400_000 }
        }
      )
    ),
    Effect.map(Effect.suspend(() => take(1 + below(20))), (deliveries) => {
      held.push(...deliveries)
      return payloadsOf(deliveries)
    }),
    Effect.suspend(() => {
      settled = held.splice(0, 1 + below(15)).map(ending)
      return acknowledge(settled, metaAlerts())
    }),
    Effect.suspend(() => acknowledge([...settled.slice(0, 2), ...held.splice(0, 2).map(ending)], metaAlerts())),
    Effect.suspend(() => {
      held = []
      return Effect.map(events.reclaim("heir", 0, 100), (deliveries) => {
        held = [...deliveries]
        return payloadsOf(deliveries)
      })
    }),
    Effect.map(
      Effect.suspend(() =>
        claim({ max: 1 + below(6), rate: 10, ratePeriodMs: 3_000, leaseMs: 4_000, breakerTimeoutMs: 5_000 })
      ),
      (answer) => {
        if (answer._tag !== "claimed") return answer
        claimed.push(...answer.alerts)
        return [answer.probe, answer.alerts.map(({ attempts, id, tries }) => [id, tries, attempts])]
      }
    ),
    Effect.suspend(() => {
      const one = pick(claimed)
      if (one !== undefined && random() < 0.8) claimed = claimed.filter((other) => other !== one)
      if (one === undefined) return Effect.void
      const others = claimed.splice(0, below(3)).map((alert) => ({ alert, outcome: outcome() }))
      return alerts.acknowledge([{ alert: one, outcome: outcome() }, ...others], 3)
    }),
    Effect.suspend(() => {
      claimed = claimed.slice(below(3))
      return Effect.as(TestClock.adjust(below(6_000)), "time")
    }),
    Effect.flatMap(
      Effect.sync(() => random() < 0.5 ? "events" as const : "alerts" as const),
      (queue) =>
        Effect.flatMap(
          letterIds(queue),
          ([ids, what]) => Effect.map(letters.replay(queue, ids), ({ length }) => [what, length])
        )
    ),
    Effect.flatMap(
      Effect.sync(() => pick(["events", "alerts", "quarantine"] as const) ?? "events"),
      (queue) =>
        Effect.flatMap(
          letterIds(queue),
          ([ids, what]) => Effect.map(letters.discard(queue, ids.slice(0, 1)), ({ length }) => [what, length])
        )
    ),
    Effect.flatMap(letterIds("quarantine"), ([ids, what]) =>
      Effect.map(
        letters.requeue(
          ids.map((entryId): Reread =>
            random() < 0.7
              ? { entryId, events: Array.from({ length: 1 + below(3) }, () => `r-${++made}`) }
              : { entryId, reason: "not_json", detail: `again ${++made}` }
          ),
          { capacity: 60, capacityBytes: 700 }
        ),
        (outcomes) => [what, outcomes]
      ))
  ]
  const weights = [0, 0, 1, 1, 2, 2, 3, 4, 5, 5, 5, 6, 6, 6, 6, 7, 8, 9, 10]

  const trace: Array<unknown> = []
  for (let step = 0; step < steps; step++) {
    const act = pick(weights) ?? 0
    trace.push([act, yield* acts[act] ?? Effect.void])
    const page = yield* books.page
    for (const [left, right] of sides(page)) assert.strictEqual(left, right, `step ${step}, act ${act}`)
    assert.strictEqual(page.eventsWaiting === 0, page.eventsWaitingBytes === 0, `step ${step}, act ${act}`)
    const { counts } = yield* books.settledByHour
    const inHours = counts.reduce((sum, { count }) => sum + count, 0)
    assert.strictEqual(inHours, page.forwarded + page.suppressed + page.unmatched, `step ${step}, act ${act}`)
    trace.push(page, yield* alerts.backlog, counts.map((one) => Object.values(one).join(" ")).sort())
  }
  return trace
})
