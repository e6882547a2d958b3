import { type Vitest } from "@effect/vitest"
import { Clock, Context, Effect, Layer, type Scope } from "effect"
import { TestClock } from "effect/testing"
import type { AlertQueue } from "../../../layers/queue/AlertQueue.ts"
import type { Books } from "../../../layers/queue/Books.ts"
import type { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import type { DecodeReport } from "../../../layers/queue/DecodeReport.ts"
import type { Deliveries } from "../../../layers/queue/Deliveries.ts"
import type { EventQueue } from "../../../layers/queue/EventQueue.ts"
import { queueRedis } from "../../../layers/queue/QueueLayer.ts"
import type { WaitingAlerts } from "../../../layers/queue/WaitingAlerts.ts"
import { Redis, type RedisConnection } from "../../../layers/redis/Redis.ts"
import { type RedisServer, redisServer } from "../../support/servers.ts"
import { connected } from "../connections.ts"
import { QueueMemory } from "./QueueMemory.ts"

export type Queue = EventQueue | AlertQueue | DeadLetters | Books | DecodeReport | Deliveries | WaitingAlerts

/** Where the queue is kept. Every `fresh` one is empty. */
export class QueueWorld extends Context.Service<QueueWorld, {
  readonly fresh: Effect.Effect<Layer.Layer<Queue>>
}>()("test/layers/queue/QueueWorld") {}

export const inMemory = Layer.succeed(QueueWorld, { fresh: Effect.sync(() => Layer.fresh(QueueMemory)) })

export class Server extends Context.Service<Server, RedisServer>()("test/layers/queue/Server") {}

/** A server with a connection to it. */
export const onServer = (flavour: "redis" | "valkey") =>
  Layer.effectContext(Effect.gen(function*() {
    const server = yield* redisServer({ flavour })
    const { redis } = yield* connected({ redis: { port: server.port, username: server.user } }, {
      REDIS_PASS: server.password
    })
    return Context.make(Server, server).pipe(Context.merge(yield* Layer.build(redis)))
  }))

let names = 0
/** Within the rights of the programs' user. */
const freshName = () => `mutt:{ingest}:q${++names}`

/** On the server, whose clock is the test's. */
export const inRedis = (flavour: "redis" | "valkey") =>
  Layer.effect(
    QueueWorld,
    Effect.map(Redis, (redis) => ({
      fresh: Effect.sync(() => queueRedis(freshName()).pipe(Layer.provide(Layer.succeed(Redis, onTestClock(redis)))))
    }))
  ).pipe(Layer.provideMerge(onServer(flavour)))

const readsTime = `redis.call("TIME")`

/**
 * The scripts as they are, but for the one line that reads the time: it is handed to them. The connection itself keeps real time.
 */
export const onTestClock = (redis: Redis["Service"]): Redis["Service"] => {
  const live = (connection: RedisConnection): RedisConnection => ({
    command: (name, ...args) => TestClock.withLive(connection.command(name, ...args))
  })
  return {
    ...redis,
    ...live(redis),
    ownConnection: Effect.map(TestClock.withLive(redis.ownConnection), live),
    script: (script, keys, args) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        TestClock.withLive(redis.script(
          { name: script.name, lua: script.lua.replace(readsTime, "{ ARGV[#ARGV - 1], ARGV[#ARGV] }") },
          keys,
          [...args, Math.floor(now / 1_000), (now % 1_000) * 1_000]
        )))
  }
}

/** Runs on a queue of its own, by a clock of its own that begins with the real time. */
export const onFreshQueue = <A, E>(test: Effect.Effect<A, E, Queue | Scope.Scope>) =>
  Effect.gen(function*() {
    const fresh = yield* (yield* QueueWorld).fresh
    const now = yield* Clock.currentTimeMillis
    return yield* TestClock.setTime(now).pipe(
      Effect.andThen(Effect.scoped(test)),
      Effect.provide(fresh),
      Effect.provide(TestClock.layer())
    )
  })

/** `it.effect` of a suite whose tests each have a queue of their own. */
export const promising =
  (it: Vitest.MethodsNonLive<QueueWorld>) =>
  <A, E>(name: string, test: () => Effect.Effect<A, E, Queue | Scope.Scope>) =>
    it.effect(name, () => onFreshQueue(Effect.suspend(test)))

/** Lets both clocks run until the effect succeeds. */
export const eventually = <A, E, R>(effect: Effect.Effect<A, E, R>, stepMs = 5): Effect.Effect<A, E, R> =>
  Effect.suspend(() => effect).pipe(
    Effect.catch(() =>
      TestClock.withLive(Effect.sleep(stepMs)).pipe(
        Effect.andThen(TestClock.adjust(stepMs)),
        Effect.andThen(eventually(effect, stepMs))
      )
    )
  )
