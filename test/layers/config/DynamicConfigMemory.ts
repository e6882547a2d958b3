import { Effect, Layer, SubscriptionRef } from "effect"
import { DynamicConfig, type Snapshot } from "../../../layers/config/DynamicConfig.ts"
import type { HostZone } from "../../../src/domain/HostZone.ts"
import { defaults, type SettingValues } from "../../../src/domain/Settings.ts"

/** Settings in memory, for tests: the defaults with `start` over them, and what changes them. */
export const makeDynamicConfigMemory = (start: Partial<SettingValues> = {}) =>
  Effect.gen(function*() {
    const first: Snapshot = { epoch: "memory", version: 1, values: { ...defaults, ...start }, hostZones: [] }
    const ref = yield* SubscriptionRef.make(first)
    return {
      layer: Layer.succeed(DynamicConfig, {
        snapshot: () => SubscriptionRef.getUnsafe(ref),
        changes: SubscriptionRef.changes(ref),
        status: Effect.map(SubscriptionRef.get(ref), ({ epoch, version }) => ({
          source: "redis" as const,
          epoch,
          version,
          stale: false,
          ageMs: 0
        }))
      }),
      set: (values: Partial<SettingValues>) =>
        SubscriptionRef.update(ref, ({ values: old, version, ...rest }) => ({
          ...rest,
          version: version + 1,
          values: { ...old, ...values }
        })),
      setHostZones: (hostZones: ReadonlyArray<HostZone>) =>
        SubscriptionRef.update(ref, ({ version, ...rest }) => ({ ...rest, version: version + 1, hostZones }))
    }
  })

export const DynamicConfigMemory = (values: Partial<SettingValues> = {}) =>
  Layer.unwrap(Effect.map(makeDynamicConfigMemory(values), ({ layer }) => layer))
