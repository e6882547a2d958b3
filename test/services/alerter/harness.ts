import { Clock, Effect, Layer } from "effect"
import type { AuditRecord } from "../../../layers/audit/EventAudit.ts"
import { EventAudit, EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { AlertQueue } from "../../../layers/queue/AlertQueue.ts"
import { type Delivery, EventQueue, type Outcome, positionText } from "../../../layers/queue/EventQueue.ts"
import { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { RuleSource, RuleSourceUnavailable } from "../../../layers/rules/RuleSource.ts"
import { EventConsumerLayer } from "../../../services/alerter/EventConsumer.ts"
import { EventProcessorLayer } from "../../../services/alerter/pipeline.ts"
import { AcknowledgerLayer } from "../../../services/alerter/stages/acknowledge.ts"
import { DecisionRecorderLayer } from "../../../services/alerter/stages/record.ts"
import { makeDynamicConfigMemory } from "../../layers/config/DynamicConfigMemory.ts"
import { staticOf } from "../../layers/http/harness.ts"
import { RulesAlone } from "./activeLayers.ts"
import { ruleSet } from "./events.ts"

/** Everything around the reader, in the hands of a test: what is there, what is away, and what was done. */
export const makeWorld = Effect.gen(function*() {
  const world = {
    waiting: new Array<Delivery>(),
    /** Entry id → in whose hands, since when. */
    taken: new Map<string, { readonly delivery: Delivery; consumer: string; since: number }>(),
    settled: new Array<Outcome>(),
    recorded: new Map<string, AuditRecord>(),
    /** How many events each reading asked for. */
    asked: new Array<number>(),
    alerts: 0,
    redisAway: false,
    settleAway: false,
    postgresAway: false,
    rulesAway: false,
    /** What the next storing waits for. */
    storing: Effect.void as Effect.Effect<void>
  }
  type World = typeof world

  const unlessAway = <A>(away: () => boolean, operation: string, work: Effect.Effect<A>) =>
    Effect.suspend(() => away() ? Effect.fail(new QueueUnavailable({ operation, detail: "gone" })) : work)

  const read = (consumer: string, count: number, blockMs: number) =>
    unlessAway(
      () => world.redisAway,
      "read",
      Effect.gen(function*() {
        world.asked.push(count)
        if (world.waiting.length === 0) yield* Effect.sleep(blockMs)
        const since = yield* Clock.currentTimeMillis
        const deliveries = world.waiting.splice(0, count)
        for (const delivery of deliveries) {
          world.taken.set(positionText(delivery.position), { delivery, consumer, since })
        }
        return deliveries
      })
    )

  const reclaim = (consumer: string, minIdleMs: number, count: number) =>
    unlessAway(
      () => world.redisAway,
      "reclaim",
      Effect.map(Clock.currentTimeMillis, (now) => {
        const idle = [...world.taken.values()].filter(({ since }) => now - since >= minIdleMs).slice(0, count)
        for (const entry of idle) Object.assign(entry, { consumer, since: now })
        return idle.map(({ delivery }) => delivery)
      })
    )

  const settle = (outcomes: ReadonlyArray<Outcome>) =>
    unlessAway(
      () => world.redisAway || world.settleAway,
      "settle",
      Effect.sync(() => {
        const mine = outcomes.filter(({ position }) => world.taken.delete(positionText(position)))
        world.settled.push(...mine)
        const count = (tag: Outcome["_tag"]) => mine.filter(({ _tag }) => _tag === tag).length
        return {
          forwarded: count("forwarded"),
          suppressed: count("suppressed"),
          unmatched: count("unmatched"),
          dead: count("dead"),
          metaAlerts: 0,
          repeated: outcomes.length - mine.length
        }
      })
    )

  const record = (records: ReadonlyArray<AuditRecord>) =>
    Effect.gen(function*() {
      yield* world.storing
      if (world.postgresAway) return yield* new EventAuditFailed({ reason: "unavailable", detail: "gone" })
      for (const one of records) if (!world.recorded.has(one.event.id)) world.recorded.set(one.event.id, one)
      return new Map(records.map(({ event }) => [event.id, world.recorded.get(event.id)!.decision]))
    })

  const settings = yield* makeDynamicConfigMemory({
    alerter_queue_warn_threshold: 10,
    alerter_queue_shed_threshold: 20,
    alerter_defer_sleep_ms: 100
  })
  const fromBook = <A>(value: A) =>
    Effect.suspend(() =>
      world.rulesAway ? Effect.fail(new RuleSourceUnavailable({ detail: "gone" })) : Effect.succeed(value)
    )
  const surroundings = Layer.mergeAll(
    settings.layer,
    Layer.mock(EventQueue, { read, reclaim, acknowledge: settle }),
    Layer.mock(AlertQueue, {
      backlog: Effect.sync(() =>
        ({ depth: world.alerts, breaker: "closed", breakerFailures: 0, breakerOpenMs: 0 }) as const
      )
    }),
    Layer.mock(EventAudit, { record }),
    Layer.succeed(RuleSource, { version: fromBook(ruleSet.version), load: fromBook(ruleSet) }),
    staticOf("alerter")
  )
  const alerter = EventConsumerLayer({ batchSize: 10, reclaimIdleMs: 10_000, reclaimEveryMs: 2_000 }).pipe(
    Layer.provideMerge(EventProcessorLayer),
    Layer.provideMerge(Layer.mergeAll(DecisionRecorderLayer, AcknowledgerLayer, RulesAlone)),
    Layer.provide(surroundings)
  )
  return { world: world as World, settings, alerter }
})
