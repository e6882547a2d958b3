import { Effect } from "effect"
import { type AlertOutcome, AlertQueue, type ClaimedAlert, type ClaimLimits } from "../../../layers/queue/AlertQueue.ts"
import { Books } from "../../../layers/queue/Books.ts"
import { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import {
  type AppendLimits,
  type EncodedAlert,
  EventQueue,
  type MetaAlerts,
  type Outcome
} from "../../../layers/queue/EventQueue.ts"
import type { Attempt } from "../../../src/domain/DeadLetter.ts"

/** Wide enough to be no limit. */
export const wide: AppendLimits = {
  capacity: 1_000_000,
  capacityBytes: 1_000_000_000,
  rate: 1_000_000,
  rateWindowMs: 1_000,
  quarantine: { records: 1_000_000, bytes: 1_000_000_000, keptMs: 86_400_000 }
}

/** Records that could not become events. */
export const refused = (texts: ReadonlyArray<string>, peer?: string) =>
  texts.map((text) => ({ text, reason: "not_json", peer }) as const)

export const noMeta: MetaAlerts = { threshold: 1_000_000, windowMs: 60_000, candidates: new Map() }

export const limits: ClaimLimits = {
  max: 100,
  leaseMs: 10_000,
  rate: 1_000_000,
  ratePeriodMs: 1_000,
  breakerTimeoutMs: 30_000
}

export const texts = (count: number, prefix = "e") => Array.from({ length: count }, (_, index) => `${prefix}-${index}`)

export const alert = (id: string, signature = id): EncodedAlert => ({ id, signature, payload: `{"id":"${id}"}` })

export const attempt = (detail: string): Attempt => ({ at: "2026-01-01T00:00:00.000Z", reason: "http", detail })

export const letter = (reason: string, ...attempts: ReadonlyArray<Attempt>) =>
  JSON.stringify({ reason, detail: `${reason} indeed`, attempts, payload: "made of it by its consumer" })

export const parked = (delayMs: number, options: Partial<{ failure: boolean; counts: boolean; detail: string }> = {}) =>
  ({
    _tag: "parked",
    delayMs,
    attempt: attempt(options.detail ?? "HTTP 500"),
    failure: options.failure ?? true,
    counts: options.counts ?? true
  }) satisfies AlertOutcome

export const dead = { _tag: "dead", reason: "rejected", attempt: attempt("HTTP 400") } satisfies AlertOutcome
export const delivered: AlertOutcome = { _tag: "delivered" }

/** The verbs of the tests. */
export const queueDriver = Effect.gen(function*() {
  const events = yield* EventQueue
  const alerts = yield* AlertQueue
  const letters = yield* DeadLetters
  const books = yield* Books

  const accept = (payloads: ReadonlyArray<string>) =>
    events.append([{ sender: "s", events: payloads, quarantined: [] }], wide)
  /** The same, each by a call of its own: only what was stored together is given out together. */
  const acceptApart = (payloads: ReadonlyArray<string>) =>
    Effect.forEach(payloads, (payload) => accept([payload]), { discard: true })
  const quarantine = (records: ReadonlyArray<string>, sender = "s", peer?: string, limits = wide) =>
    events.append([{ sender, events: [], quarantined: refused(records, peer) }], limits)
  const take = (count = 1_000, consumer = "one") => events.read(consumer, count, 0)
  const acknowledge = (outcomes: ReadonlyArray<Outcome>, meta = noMeta) => events.acknowledge(outcomes, meta)

  /** What an alerter does: accepted, read and handed over. */
  const handOver = Effect.fnUntraced(function*(eventBatches: ReadonlyArray<EncodedAlert>) {
    yield* accept(eventBatches.map(({ id }) => `event of ${id}`))
    const deliveries = yield* take(eventBatches.length)
    return yield* acknowledge(deliveries.flatMap(({ position }, index): ReadonlyArray<Outcome> => {
      const eventBatch = eventBatches[index]
      return eventBatch === undefined ? [] : [{ _tag: "forwarded", position, alert: eventBatch }]
    }))
  })

  const claim = (over: Partial<ClaimLimits> = {}) => alerts.claim({ ...limits, ...over })
  const claimed = (over: Partial<ClaimLimits> = {}) =>
    Effect.map(claim(over), (answer): ReadonlyArray<ClaimedAlert> => answer._tag === "claimed" ? answer.alerts : [])
  const ids = (over: Partial<ClaimLimits> = {}) => Effect.map(claimed(over), (all) => all.map(({ id }) => id))
  const one = (over: Partial<ClaimLimits> = {}) =>
    Effect.flatMap(
      claimed({ ...over, max: 1 }),
      ([first]) => first === undefined ? Effect.die("nothing could be claimed") : Effect.succeed(first)
    )
  const finish = (held: ClaimedAlert, outcome: AlertOutcome, threshold = 1_000) =>
    Effect.map(alerts.acknowledge([{ alert: held, outcome }], threshold), ([still]) => still)

  return {
    events,
    alerts,
    letters,
    books,
    accept,
    acceptApart,
    quarantine,
    take,
    acknowledge,
    handOver,
    claim,
    claimed,
    ids,
    one,
    finish
  }
})
