import { Clock, Effect, Layer } from "effect"
import type { AuditRecord } from "../../../layers/audit/EventAudit.ts"
import { EventAudit, EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { makeDynamicConfigMemory } from "../../../layers/config/DynamicConfigMemory.ts"
import { AlertQueue } from "../../../layers/queue/AlertQueue.ts"
import { type Delivery, EventQueue, placeText, type Settlement } from "../../../layers/queue/EventQueue.ts"
import { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { Rules, RulesUnavailable } from "../../../layers/rules/RuleSource.ts"
import { RuleViewLayer } from "../../../services/alerter/ActiveRules.ts"
import { RegistrarLayer } from "../../../services/alerter/DecisionRecorder.ts"
import { ReaderLayer } from "../../../services/alerter/EventConsumer.ts"
import { DeskLayer } from "../../../services/alerter/EventProcessor.ts"
import { staticOf } from "../../layers/http/world.ts"
import { ruleSet } from "./events.ts"

/** Everything around the reader, in the hands of a test: what is there, what is away, and what was done. */
export const makeWorld = Effect.gen(function*() {
  const world = {
    waiting: new Array<Delivery>(),
    /** Entry id → in whose hands, since when. */
    taken: new Map<string, { readonly delivery: Delivery; consumer: string; since: number }>(),
    settled: new Array<Settlement>(),
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
        for (const delivery of deliveries) world.taken.set(placeText(delivery.place), { delivery, consumer, since })
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

  const settle = (settlements: ReadonlyArray<Settlement>) =>
    unlessAway(
      () => world.redisAway || world.settleAway,
      "settle",
      Effect.sync(() => {
        const mine = settlements.filter(({ place }) => world.taken.delete(placeText(place)))
        world.settled.push(...mine)
        const count = (tag: Settlement["_tag"]) => mine.filter(({ _tag }) => _tag === tag).length
        return {
          forwarded: count("forwarded"),
          suppressed: count("suppressed"),
          unmatched: count("unmatched"),
          dead: count("dead"),
          metaAlerts: 0,
          repeated: settlements.length - mine.length
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
      world.rulesAway ? Effect.fail(new RulesUnavailable({ detail: "gone" })) : Effect.succeed(value)
    )
  const surroundings = Layer.mergeAll(
    settings.layer,
    Layer.mock(EventQueue, { read, reclaim, settle }),
    Layer.mock(AlertQueue, {
      backlog: Effect.sync(() =>
        ({ depth: world.alerts, breaker: "closed", breakerFailures: 0, breakerOpenMs: 0 }) as const
      )
    }),
    Layer.mock(EventAudit, { record }),
    Layer.succeed(Rules, { version: fromBook(ruleSet.version), load: fromBook(ruleSet) }),
    staticOf("alerter")
  )
  const alerter = ReaderLayer({ batchSize: 10, reclaimIdleMs: 10_000, reclaimEveryMs: 2_000 }).pipe(
    Layer.provideMerge(DeskLayer),
    Layer.provideMerge(Layer.mergeAll(RegistrarLayer, RuleViewLayer)),
    Layer.provide(surroundings)
  )
  return { world: world as World, settings, alerter }
})
