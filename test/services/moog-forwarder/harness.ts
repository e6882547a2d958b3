import { Clock, Context, type Duration, Effect, Fiber, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import { Receiver } from "../../../layers/delivery/Receiver.ts"
import { AlertQueue } from "../../../layers/queue/AlertQueue.ts"
import { Books } from "../../../layers/queue/Books.ts"
import { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { AlertConsumer, type AlertConsumerOptions } from "../../../services/moog-forwarder/AlertConsumer.ts"
import { Health, HealthLayer } from "../../../services/moog-forwarder/Health.ts"
import type { Alert } from "../../../src/domain/Alert.ts"
import type { SettingValues } from "../../../src/domain/Settings.ts"
import { makeDynamicConfigMemory } from "../../layers/config/DynamicConfigMemory.ts"
import { ReceiverMemory, ReceiverScript } from "../../layers/delivery/ReceiverMemory.ts"
import { QueueMemory } from "../../layers/queue/QueueMemory.ts"
import { makeSecretStoreMemory } from "../../layers/secret/SecretStoreMemory.ts"
import { handOver, type RawAlert, rawAlert } from "./alertsWaiting.ts"

const defaults: AlertConsumerOptions = {
  concurrency: 16,
  timeoutMs: 10_000,
  leaseMarginMs: 10_000,
  retryBaseMs: 1_000,
  retryMaxMs: 60_000
}

/** One queue, one platform, and as many forwarders as a test starts, all in memory and on the test's clock. */
export const world = (settings: Partial<SettingValues> = {}) =>
  Effect.gen(function*() {
    const config = yield* makeDynamicConfigMemory(settings)
    const store = yield* makeSecretStoreMemory({ MOOG_API_KEY: "moog-key" })
    const around = yield* Layer.build(
      Layer.mergeAll(QueueMemory, ReceiverMemory, config.layer, SecretsFromStore.pipe(Layer.provide(store.layer)))
    )
    const queue = Context.get(around, AlertQueue)
    const platform = Context.get(around, ReceiverScript)

    const handOverRaw = (alerts: ReadonlyArray<RawAlert>) => happen(Effect.provide(handOver(alerts), around))

    /** Starts a forwarder; `stop` ends it as SIGTERM does. */
    const start = (options: Partial<AlertConsumerOptions> & { readonly queue?: AlertQueue["Service"] } = {}) =>
      happen(Effect.gen(function*() {
        const scope = yield* Scope.fork(yield* Effect.scope)
        const own = options.queue === undefined ? around : Context.add(around, AlertQueue, options.queue)
        const context = yield* AlertConsumer({ ...defaults, ...options }).pipe(
          Layer.provideMerge(Layer.fresh(HealthLayer)),
          Layer.buildWithScope(scope),
          Effect.provide(own)
        )
        return { health: Context.get(context, Health), stop: Scope.close(scope, exitVoid) }
      }))

    return {
      start,
      handOver: (alerts: ReadonlyArray<Alert>) => handOverRaw(alerts.map(rawAlert)),
      handOverRaw,
      queue,
      platform,
      /** What a hand changes while all runs. */
      configure: (values: Partial<SettingValues>) => happen(config.set(values)),
      store: (secrets: Readonly<Record<string, string>>) => happen(store.set(secrets)),
      adapter: Context.get(around, Receiver),
      books: Context.get(around, Books).page,
      deadLetters: Context.get(around, DeadLetters).list("alerts", 1_000),
      /** Ids of what the platform took, in order. */
      delivered: () =>
        platform.received().filter(({ result }) => result._tag === "delivered").map(({ alert }) => alert.id),
      now: Clock.currentTimeMillis
    }
  })

/**
 * Does something 1 ms from now, as part of time: the test's clock stands still until all that follows from it has been done.
 * What a test does by itself is not waited for when it then moves the clock.
 */
const happen = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(Effect.andThen(Effect.sleep(1), effect), { startImmediately: true })
    yield* TestClock.adjust(1)
    return yield* Fiber.join(fiber)
  })

const exitVoid = Effect.runSync(Effect.exit(Effect.void))

/** A queue whose server can be taken away. */
export const fragile = (queue: AlertQueue["Service"]) => {
  let away = false
  const guard = <A>(operation: string, effect: Effect.Effect<A, QueueUnavailable>) =>
    Effect.suspend(() => away ? Effect.fail(new QueueUnavailable({ operation, detail: "away" })) : effect)
  return {
    queue: AlertQueue.of({
      claim: (limits) => guard("claim", queue.claim(limits)),
      acknowledge: (outcomes, threshold) => guard("settle", queue.acknowledge(outcomes, threshold)),
      backlog: guard("backlog", queue.backlog)
    }),
    away: (value: boolean) =>
      Effect.sync(() => {
        away = value
      })
  }
}

/** A queue that takes its time to settle, and the sizes of what it was given at once. */
export const slow = (queue: AlertQueue["Service"], settling: Duration.Input) => {
  const sizes: Array<number> = []
  return {
    queue: AlertQueue.of({
      ...queue,
      acknowledge: (outcomes, threshold) => {
        sizes.push(outcomes.length)
        return Effect.andThen(Effect.sleep(settling), queue.acknowledge(outcomes, threshold))
      }
    }),
    sizes
  }
}
