import { assert, layer } from "@effect/vitest"
import { Context, Effect, type Layer, Queue, Schedule, type Scope, Stream } from "effect"
import type { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import type { HostZone } from "../../../src/domain/HostZone.ts"
import { defaults, type SettingValues } from "../../../src/domain/Settings.ts"

export interface OpenedConfig {
  readonly config: DynamicConfig["Service"]
  /** Makes a new version with these values over those of the one before. */
  readonly set: (values: Partial<SettingValues>) => Effect.Effect<unknown, unknown>
  /** Makes a new version with this table. */
  readonly setHostZones: (zones: ReadonlyArray<HostZone>) => Effect.Effect<unknown, unknown>
}

/** How an adapter is brought up for one test: at version 1, with these values over the defaults. */
export class Adapter extends Context.Service<Adapter, {
  readonly open: (values: Partial<SettingValues>) => Effect.Effect<OpenedConfig, unknown, Scope.Scope>
}>()("test/layers/config/Adapter") {}

const until = (condition: () => boolean) =>
  Effect.suspend(() => condition() ? Effect.void : Effect.fail("not yet")).pipe(
    Effect.retry(Schedule.spaced("5 millis"))
  )

/** What every adapter of the dynamic settings promises. */
export const dynamicConfigSuite = <E>(name: string, adapter: Layer.Layer<Adapter, E>) =>
  layer(adapter, { excludeTestServices: true })(`dynamic settings: ${name}`, (it) => {
    it.effect("has all settings when it is built, those that nobody set at their defaults", () =>
      Effect.gen(function*() {
        const { config } = yield* (yield* Adapter).open({ moog_rate_limit: 7 })
        assert.deepStrictEqual(config.snapshot().values, { ...defaults, moog_rate_limit: 7 })
        assert.strictEqual(config.snapshot().version, 1)
      }))

    it.effect("has the host zones of the same version, none until there are some", () =>
      Effect.gen(function*() {
        const { config, set, setHostZones } = yield* (yield* Adapter).open({ moog_rate_limit: 7 })
        assert.deepStrictEqual(config.snapshot().hostZones, [])
        const zones = [{ hostname: "ber-*", time_zone: "Europe/Berlin" }]
        yield* setHostZones(zones)
        yield* until(() => config.snapshot().version === 2)
        assert.deepStrictEqual([config.snapshot().hostZones, config.snapshot().values.moog_rate_limit], [zones, 7])
        yield* set({ moog_rate_limit: 8 })
        yield* until(() => config.snapshot().version === 3)
        assert.deepStrictEqual(config.snapshot().hostZones, zones)
      }))

    it.effect("reads from memory: the same object until a change, never half a change", () =>
      Effect.gen(function*() {
        const { config, set } = yield* (yield* Adapter).open({})
        const before = config.snapshot()
        assert.strictEqual(config.snapshot(), before)
        yield* set({ alerter_queue_warn_threshold: 11, alerter_queue_shed_threshold: 12 })
        yield* until(() => config.snapshot() !== before)
        const { values, version } = config.snapshot()
        assert.deepStrictEqual([version, values.alerter_queue_warn_threshold, values.alerter_queue_shed_threshold], [
          2,
          11,
          12
        ])
        assert.strictEqual(before.values.alerter_queue_warn_threshold, defaults.alerter_queue_warn_threshold)
      }))

    it.effect("tells each reader of changes the settings in force first, then each newer version once", () =>
      Effect.gen(function*() {
        const { config, set } = yield* (yield* Adapter).open({ unhandled_threshold: 1 })
        const listen = Effect.gen(function*() {
          const heard = yield* Queue.unbounded<readonly [number, number]>()
          yield* config.changes.pipe(
            Stream.runForEach(({ values, version }) => Queue.offer(heard, [version, values.unhandled_threshold])),
            Effect.forkScoped
          )
          return heard
        })
        const [one, two] = [yield* listen, yield* listen]
        assert.deepStrictEqual(yield* Queue.take(one), [1, 1])
        assert.deepStrictEqual(yield* Queue.take(two), [1, 1])
        for (const version of [2, 3]) {
          yield* set({ unhandled_threshold: version })
          assert.deepStrictEqual(yield* Queue.take(one), [version, version])
          assert.deepStrictEqual(yield* Queue.take(two), [version, version])
        }
        assert.strictEqual(yield* Queue.size(one), 0)
      }))

    it.effect("says which version it is at, and that it is fresh", () =>
      Effect.gen(function*() {
        const { config, set } = yield* (yield* Adapter).open({})
        yield* set({ log_level: "warn" })
        yield* until(() => config.snapshot().version === 2)
        const { ageMs, epoch, source, stale, version } = yield* config.status
        assert.deepStrictEqual([epoch, source, stale, version], [config.snapshot().epoch, "redis", false, 2])
        assert.isAtLeast(ageMs, 0)
      }))
  })
