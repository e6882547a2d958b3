import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Queue, Schedule, Stream } from "effect"
import { ConfigCache, ConfigCacheNone } from "../../../layers/config/ConfigCache.ts"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { DynamicConfigRedis } from "../../../layers/config/DynamicConfigRedis.ts"
import { configKeys } from "../../../layers/config/keys.ts"
import { InstancesRedis } from "../../../layers/instances/InstancesRedis.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { RedisDeadline } from "../../../layers/redis/RedisLayer.ts"
import type { HostZone } from "../../../src/domain/HostZone.ts"
import { defaults, type SettingValues } from "../../../src/domain/Settings.ts"
import { type RedisServer, redisServer } from "../../support/servers.ts"
import { connected, tcpProxy } from "../connections.ts"
import { Adapter, dynamicConfigSuite } from "./dynamicConfigSuite.ts"

class Server extends Context.Service<Server, RedisServer>()("test/ConfigServer") {}

const open = Effect.fnUntraced(function*(port?: number, kept: Layer.Layer<ConfigCache> = ConfigCacheNone) {
  const server = yield* Server
  const { redis } = yield* connected(
    { redis: { port: port ?? server.port, username: server.user } },
    { REDIS_PASS: server.password }
  )
  return DynamicConfigRedis.pipe(Layer.provide([InstancesRedis, kept]), Layer.provideMerge(redis))
})

/** An empty store, the settings that follow it, and a hand that writes into it. */
const start = Effect.fnUntraced(function*(first: Readonly<Record<string, string>> = {}, port?: number) {
  const writer = yield* Effect.flatMap(open(), Layer.build).pipe(
    Effect.flatMap((context) => Effect.provide(Redis, context))
  )
  const write = (fields: Readonly<Record<string, string>>) =>
    writer.command("HSET", configKeys.hash, ...Object.entries(fields).flat())
  const announce = writer.command("PUBLISH", configKeys.channel, "changed")
  yield* writer.command("DEL", configKeys.hash)
  if (Object.keys(first).length > 0) yield* write(first)
  const config = yield* Effect.provide(DynamicConfig, yield* Layer.build(yield* open(port)))
  return { config, write, announce, writer }
})

const until = (condition: () => boolean) =>
  Effect.suspend(() => condition() ? Effect.void : Effect.fail("not yet")).pipe(
    Effect.retry(Schedule.spaced("10 millis"))
  )
const untilStatus = (config: DynamicConfig["Service"], wanted: { readonly stale: boolean }) =>
  Effect.repeat(Effect.delay(config.status, "10 millis"), { until: ({ stale }) => stale === wanted.stale })

const world = Layer.mergeAll(
  Layer.effect(Server, redisServer()),
  Layer.succeed(RedisDeadline, 1_000),
  Logger.layer([])
)

dynamicConfigSuite(
  "Redis",
  Layer.effect(
    Adapter,
    Effect.map(Effect.context<Server>(), (server) =>
      Adapter.of({
        open: Effect.fnUntraced(function*(values) {
          const fields = (given: object, version: number) => ({
            ...Object.fromEntries(Object.entries(given).map(([key, value]) => [key, JSON.stringify(value)])),
            _version: String(version)
          })
          let version = 1
          const { announce, config, write } = yield* start({ _epoch: "e", ...fields(values, version) })
          return {
            config,
            set: (next: Partial<SettingValues>) => Effect.andThen(write(fields(next, ++version)), announce),
            setHostZones: (host_zones: ReadonlyArray<HostZone>) =>
              Effect.andThen(write(fields({ host_zones }, ++version)), announce)
          }
        }, Effect.provide(server))
      }))
  ).pipe(Layer.provideMerge(world))
)

layer(world, { excludeTestServices: true })("DynamicConfigRedis", (it) => {
  it.effect("stands at the defaults while nobody has set anything", () =>
    Effect.gen(function*() {
      const { config } = yield* start()
      assert.deepStrictEqual(config.snapshot().values, defaults)
      const status = yield* config.status
      assert.deepStrictEqual([status.source, status.stale], ["defaults", false])
    }))

  it.effect("has the settings of the store when it is built", () =>
    Effect.gen(function*() {
      const { config } = yield* start({ _epoch: "e", _version: "4", moog_rate_limit: "7", log_level: "\"warn\"" })
      const { epoch, values, version } = config.snapshot()
      assert.deepStrictEqual([epoch, version], ["e", 4])
      assert.deepStrictEqual(values, { ...defaults, moog_rate_limit: 7, log_level: "warn" })
    }))

  it.effect("takes a change over when it is announced, whole and once", () =>
    Effect.gen(function*() {
      const { announce, config, write } = yield* start({ _epoch: "e", _version: "1" })
      const seen = yield* Queue.unbounded<number>()
      yield* Stream.runForEach(config.changes, ({ version }) => Queue.offer(seen, version)).pipe(Effect.forkScoped)
      assert.strictEqual(yield* Queue.take(seen), 1)
      yield* write({ _version: "2", moog_rate_limit: "9" })
      yield* announce
      assert.strictEqual(yield* Queue.take(seen), 2)
      assert.strictEqual(config.snapshot().values.moog_rate_limit, 9)
      assert.strictEqual(config.snapshot(), config.snapshot())
    }))

  it.effect("finds a change that nobody announced", () =>
    Effect.gen(function*() {
      const { config, write } = yield* start({ _epoch: "e", _version: "1" })
      yield* write({ _version: "2", unhandled_threshold: "3" })
      yield* until(() => config.snapshot().version === 2)
      assert.strictEqual(config.snapshot().values.unhandled_threshold, 3)
    }))

  it.effect("refuses a bad set whole, keeps the old one, and takes the next good one", () =>
    Effect.gen(function*() {
      const { announce, config, write } = yield* start({ _epoch: "e", _version: "1", moog_rate_limit: "7" })
      const bad = [
        { moog_rate_limit: "0" },
        { moog_rate_limit: "not json" },
        { moog_rate_limit: "8", log_level: "\"loud\"" },
        { moog_rate_limit: "8", log_level: "\"info\"", alerter_queue_warn_threshold: "999999" }
      ]
      const good = { moog_rate_limit: "7", log_level: "\"info\"", alerter_queue_warn_threshold: "5" }
      let version = 1
      for (const fields of bad) {
        const before = config.snapshot()
        yield* write({ ...good, ...fields, _version: String(++version) })
        yield* announce
        yield* untilStatus(config, { stale: true })
        assert.strictEqual(config.snapshot(), before)
        yield* write({ ...good, _version: String(++version) })
        yield* announce
        yield* untilStatus(config, { stale: false })
        assert.deepStrictEqual([config.snapshot().version, config.snapshot().values.moog_rate_limit], [version, 7])
      }
    }))

  it.effect("does not mind settings it does not know", () =>
    Effect.gen(function*() {
      const { config } = yield* start({ _epoch: "e", _version: "1", of_tomorrow: "1", moog_rate_limit: "7" })
      assert.strictEqual(config.snapshot().values.moog_rate_limit, 7)
    }))

  it.effect("does not go back when the store is emptied or restored from an old copy, but follows a new epoch", () =>
    Effect.gen(function*() {
      const { announce, config, write, writer } = yield* start({ _epoch: "e", _version: "5", moog_rate_limit: "7" })
      yield* writer.command("DEL", configKeys.hash)
      yield* announce
      yield* untilStatus(config, { stale: true })
      assert.strictEqual(config.snapshot().values.moog_rate_limit, 7)
      yield* write({ _epoch: "e", _version: "3", moog_rate_limit: "1" })
      yield* announce
      yield* write({ _version: "5", moog_rate_limit: "7" })
      yield* announce
      yield* untilStatus(config, { stale: false })
      assert.strictEqual(config.snapshot().values.moog_rate_limit, 7)
      yield* write({ _epoch: "f", _version: "1", moog_rate_limit: "2" })
      yield* announce
      yield* until(() => config.snapshot().epoch === "f")
      assert.strictEqual(config.snapshot().values.moog_rate_limit, 2)
    }))

  it.effect("keeps the last known settings while the store is away, says that they are stale, and catches up", () =>
    Effect.gen(function*() {
      const server = yield* Server
      const { config, write } = yield* start({ _epoch: "e", _version: "1", moog_rate_limit: "7" })
      yield* server.stop
      yield* untilStatus(config, { stale: true })
      assert.strictEqual(config.snapshot().values.moog_rate_limit, 7)
      yield* server.start
      yield* untilStatus(config, { stale: false })
      yield* Effect.retry(write({ _version: "2", moog_rate_limit: "8" }), Schedule.spaced("50 millis"))
      yield* until(() => config.snapshot().version === 2)
    }))

  it.effect("starts with the defaults while the store is away, marked stale, and catches up", () =>
    Effect.gen(function*() {
      const server = yield* Server
      yield* start({ _epoch: "e", _version: "1", moog_rate_limit: "7" })
      yield* server.stop
      const config = yield* Effect.provide(DynamicConfig, yield* Layer.build(yield* open()))
      const status = yield* config.status
      assert.deepStrictEqual([status.source, status.stale], ["defaults", true])
      assert.deepStrictEqual(config.snapshot().values, defaults)
      yield* server.start
      yield* until(() => config.snapshot().version === 1)
      assert.strictEqual(config.snapshot().values.moog_rate_limit, 7)
    }))

  it.effect("starts with the last known good settings while the store is away, marked stale, and follows the store after", () =>
    Effect.gen(function*() {
      const server = yield* Server
      const keeping = yield* Queue.unbounded<number>()
      const kept = Layer.succeed(ConfigCache, {
        load: Effect.succeed({ epoch: "e", version: 4, values: { ...defaults, moog_rate_limit: 7 }, hostZones: [] }),
        keep: ({ version }) => Queue.offer(keeping, version)
      })
      const { write } = yield* start({ _epoch: "e", _version: "3", moog_rate_limit: "6" })
      yield* server.stop
      const config = yield* Effect.provide(DynamicConfig, yield* Layer.build(yield* open(undefined, kept)))
      const status = yield* config.status
      assert.deepStrictEqual([status.source, status.version, status.stale], ["file", 4, true])
      assert.strictEqual(config.snapshot().values.moog_rate_limit, 7)
      yield* server.start
      yield* Effect.retry(write({ _version: "4", moog_rate_limit: "8" }), Schedule.spaced("50 millis"))
      yield* untilStatus(config, { stale: false })
      assert.deepInclude(yield* config.status, { source: "redis", version: 4 })
      assert.strictEqual(yield* Queue.take(keeping), 4)
    }))

  it.effect("catches up after a link that died without a word", () =>
    Effect.gen(function*() {
      const proxy = yield* tcpProxy((yield* Server).port)
      const { config, write } = yield* start({ _epoch: "e", _version: "1" }, proxy.port)
      proxy.freeze()
      yield* write({ _version: "2", moog_rate_limit: "8" })
      yield* until(() => config.snapshot().version === 2)
    }))
})
