import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Queue, Schedule, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { ConfigPublisher } from "../../../layers/config/ConfigPublisher.ts"
import { ConfigPublisherRedis } from "../../../layers/config/ConfigPublisherRedis.ts"
import { configTopic } from "../../../layers/config/ConfigRollout.ts"
import { ConfigStore } from "../../../layers/config/ConfigStore.ts"
import { ConfigStorePostgres } from "../../../layers/config/ConfigStorePostgres.ts"
import { configKeys } from "../../../layers/config/keys.ts"
import { Instances } from "../../../layers/instances/Instances.ts"
import { InstancesRedis } from "../../../layers/instances/InstancesRedis.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { RedisDeadline } from "../../../layers/redis/RedisLayer.ts"
import { needs, onPostgres } from "../../support/needs.ts"
import { type RedisServer, redisServer } from "../../support/servers.ts"
import { connected } from "../connections.ts"
import { migratedDatabase } from "../database.ts"

class Server extends Context.Service<Server, RedisServer>()("test/ConfigRelay/Server") {}

const stores = (postgres: number, flavour: "redis" | "valkey") =>
  ConfigStorePostgres.pipe(
    Layer.provideMerge(ConfigAuditPostgres),
    Layer.provideMerge(InstancesRedis),
    Layer.provideMerge(migratedDatabase(postgres)),
    Layer.provideMerge(Layer.unwrap(Effect.gen(function*() {
      const server = yield* redisServer({ flavour })
      const { redis } = yield* connected(
        { redis: { port: server.port, username: server.user } },
        { REDIS_PASS: server.password }
      )
      return Layer.mergeAll(redis, Layer.succeed(Server, server))
    }))),
    Layer.provide(Layer.succeed(RedisDeadline, 1_000)),
    Layer.provide(Logger.layer([]))
  )

const request = { actor: "admin", reason: null, correlationId: "c" }
const change = (value: number) =>
  ConfigStore.use((ledger) => ledger.change(new Map([["moog_rate_limit", value]]), request))

const held = Effect.gen(function*() {
  const [epoch, version, limit] = (yield* (yield* Redis).command(
    "HMGET",
    configKeys.hash,
    configKeys.epoch,
    configKeys.version,
    "moog_rate_limit"
  )) as ReadonlyArray<string | null>
  return { epoch, version: Number(version), limit: limit === null || limit === undefined ? null : Number(limit) }
})

/** A relay for one test, as a program that starts has it. */
const publisher = Effect.flatMap(
  Layer.build(Layer.fresh(ConfigPublisherRedis)),
  (context) => Effect.provide(ConfigPublisher, context)
)

const until = (wanted: number) =>
  held.pipe(
    Effect.flatMap((now) => now.limit === wanted ? Effect.succeed(now) : Effect.fail("not yet")),
    Effect.retry(Schedule.spaced("20 millis"))
  )

const untilToldAll = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const left = yield* sql`SELECT 1 FROM config_outbox`
  if (left.length > 0) return yield* Effect.fail("not yet")
}).pipe(Effect.retry(Schedule.spaced("20 millis")))

const relaySuite = (version: number, flavour: "redis" | "valkey") =>
  layer(stores(version, flavour), { excludeTestServices: true })(
    `relay from PostgreSQL ${version} to ${flavour}`,
    (it) => {
      it.effect("hands the newest settings over, whole, and strikes out what was to be told", () =>
        Effect.gen(function*() {
          const { push } = yield* publisher
          yield* change(70)
          const { epoch, version } = yield* push
          assert.deepStrictEqual(yield* held, { epoch, version, limit: 70 })
          assert.deepStrictEqual(yield* (yield* SqlClient.SqlClient)`SELECT * FROM config_outbox`, [])
        }))

      it.effect("never goes back: what is older or the same changes nothing, and says what is there", () =>
        Effect.gen(function*() {
          const { push } = yield* publisher
          const before = yield* push
          const redis = yield* Redis
          yield* redis.command("HSET", configKeys.hash, "moog_rate_limit", "1")
          assert.deepStrictEqual(yield* push, before)
          assert.strictEqual((yield* held).limit, 1)
          yield* change(71)
          yield* push
          assert.strictEqual((yield* held).limit, 71)
        }))

      it.effect("tells everybody once of each version, in no more than 200 bytes", () =>
        Effect.gen(function*() {
          const heard = yield* Queue.unbounded<string>()
          yield* (yield* Redis).subscribe(configKeys.channel).pipe(
            Stream.runForEach((signal) => Queue.offer(heard, signal._tag === "message" ? signal.text : "subscribed")),
            Effect.forkScoped
          )
          assert.strictEqual(yield* Queue.take(heard), "subscribed")
          const { push } = yield* publisher
          const { epoch, version } = yield* change(72)
          yield* push
          yield* push
          yield* change(73)
          yield* push
          for (const told of [version, version + 1]) assert.strictEqual(yield* Queue.take(heard), `${epoch}:${told}`)
          assert.isAtMost(`${epoch}:${Number.MAX_SAFE_INTEGER}`.length, 200)
        }))

      it.effect("repairs what a crash between commit and push left undone, by itself", () =>
        Effect.gen(function*() {
          yield* change(74)
          assert.strictEqual((yield* held).limit, 73)
          yield* publisher
          yield* until(74)
          yield* untilToldAll
        }))

      it.effect("fills a Redis that lost everything", () =>
        Effect.gen(function*() {
          yield* publisher
          yield* (yield* Redis).command("DEL", configKeys.hash)
          yield* until(74)
        }))

      it.effect("brings a Redis that was restored from an old copy up to date", () =>
        Effect.gen(function*() {
          yield* publisher
          const { version } = yield* held
          yield* (yield* Redis).command(
            "HSET",
            configKeys.hash,
            configKeys.version,
            version - 1,
            "moog_rate_limit",
            "70"
          )
          assert.strictEqual((yield* until(74)).version, version)
        }))

      it.effect("replaces what another ledger had left, whatever its version", () =>
        Effect.gen(function*() {
          yield* publisher
          const before = yield* held
          yield* (yield* Redis).command(
            "HSET",
            configKeys.hash,
            configKeys.epoch,
            "another",
            configKeys.version,
            "999",
            "moog_rate_limit",
            "1",
            "log_level",
            "\"debug\""
          )
          assert.deepStrictEqual(yield* until(74), before)
          assert.isNull(yield* (yield* Redis).command("HGET", configKeys.hash, "log_level"))
        }))

      it.effect("takes a ledger that was restored from an old backup for a new one, whose versions count again", () =>
        Effect.gen(function*() {
          const redis = yield* Redis
          const before = yield* held
          yield* redis.command(
            "HSET",
            configKeys.hash,
            configKeys.version,
            before.version + 10,
            "moog_rate_limit",
            "99"
          )
          const { push } = yield* publisher
          const { version } = yield* change(75)
          const pushed = yield* push
          assert.deepStrictEqual(yield* until(75), { ...pushed, limit: 75 })
          assert.notStrictEqual(pushed.epoch, before.epoch)
          assert.strictEqual(pushed.version, version)
          assert.strictEqual((yield* ConfigStore.use((ledger) => ledger.state)).epoch, pushed.epoch)
        }))

      it.effect("does so too when Redis lost everything and only a process knows a newer version", () =>
        Effect.gen(function*() {
          const before = yield* ConfigStore.use((ledger) => ledger.state)
          const { report } = yield* Instances
          const running = { epoch: before.epoch, version: before.version + 5, ok: true, reason: null, ms: 0 }
          yield* report(configTopic, running)
          const { epoch, version } = yield* Effect.gen(function*() {
            const now = yield* held
            return now.epoch === before.epoch ? yield* Effect.fail("not yet") : now
          }).pipe(Effect.retry(Schedule.spaced("20 millis")), Effect.provide(Layer.fresh(ConfigPublisherRedis)))
          assert.strictEqual(version, before.version)
          assert.strictEqual((yield* ConfigStore.use((ledger) => ledger.state)).epoch, epoch)
        }).pipe(Effect.scoped))

      it.effect("says that Redis is away, loses nothing, and hands over when it is back", () =>
        Effect.gen(function*() {
          const server = yield* Server
          const { push } = yield* publisher
          yield* server.stop
          yield* change(76)
          assert.strictEqual((yield* Effect.flip(push))._tag, "RelayDelayed")
          yield* server.start
          yield* Effect.retry(held, Schedule.spaced("20 millis"))
          yield* until(76)
          yield* untilToldAll
        }))
    }
  )

onPostgres("oldest", (version) => needs(["redis"], () => relaySuite(version, "redis")))
onPostgres("newest", (version) => needs(["valkey"], () => relaySuite(version, "valkey")))
