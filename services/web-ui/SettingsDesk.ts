import { Context, Effect, Layer } from "effect"
import type { Schema } from "effect"
import { ConfigInstances, type InstanceState } from "../../layers/config/ConfigInstances.ts"
import {
  type Changed,
  type ChangeFailure,
  type ChangeRequest,
  ConfigLedger,
  type VersionUnknown
} from "../../layers/config/ConfigLedger.ts"
import { ConfigRelay } from "../../layers/config/ConfigRelay.ts"
import { HostZones } from "../../layers/config/HostZones.ts"
import { steadyMillis } from "../../layers/telemetry/steadyTime.ts"
import type { SettingKey } from "../../src/domain/Settings.ts"

/** How long a change waits for Redis before it is answered as not told yet. */
const tellMs = 2_000

export interface Told {
  readonly version: number
  readonly propagated: boolean
  readonly instances: ReadonlyArray<InstanceState>
}

/** The same change, told to every process and waited for. */
type AndTold<F> = F extends (what: infer W, request: infer R) => Effect.Effect<infer A, infer E>
  ? (what: W, request: R, waitMs: number) => Effect.Effect<A & Told, E>
  : never

/**
 * Where settings are changed: written to the ledger, handed to Redis, and waited for. A change that is in the ledger is made, whatever
 * becomes of the telling: the relay repeats it until every process knows.
 */
export class SettingsDesk extends Context.Service<SettingsDesk, {
  readonly state: ConfigLedger["Service"]["state"]
  readonly history: ConfigLedger["Service"]["history"]
  readonly change: (
    values: ReadonlyMap<SettingKey | string, Schema.Json | undefined>,
    request: ChangeRequest,
    waitMs: number
  ) => Effect.Effect<Changed & Told, ChangeFailure>
  readonly rollback: (
    version: number,
    request: ChangeRequest,
    waitMs: number
  ) => Effect.Effect<Changed & Told, ChangeFailure | VersionUnknown>
  readonly hostZones: HostZones["Service"]["state"]
  readonly setHostZone: AndTold<HostZones["Service"]["set"]>
  readonly removeHostZone: AndTold<HostZones["Service"]["remove"]>
}>()("mutt/services/web-ui/SettingsDesk") {
  static readonly layer = Layer.effect(
    SettingsDesk,
    Effect.gen(function*() {
      const ledger = yield* ConfigLedger
      const relay = yield* ConfigRelay
      const instances = yield* ConfigInstances
      const zones = yield* HostZones

      const tell = Effect.fnUntraced(function*<A extends { readonly version: number }>(changed: A, waitMs: number) {
        const start = yield* steadyMillis
        const propagated = yield* relay.push.pipe(
          Effect.timeoutOrElse({ duration: tellMs, orElse: () => Effect.succeed(undefined) }),
          Effect.tapError((error) =>
            Effect.logWarning("A change of settings could not be told yet; it will be.").pipe(
              Effect.annotateLogs({ version: changed.version, detail: error.detail })
            )
          ),
          Effect.orElseSucceed(() => undefined)
        )
        if (propagated === undefined) return { ...changed, propagated: false, instances: [] }
        const left = waitMs - ((yield* steadyMillis) - start)
        const list = yield* Effect.orElseSucceed(instances.await(propagated, Math.max(0, left)), () => [])
        return { ...changed, propagated: true, instances: list }
      })

      return SettingsDesk.of({
        state: ledger.state,
        history: ledger.history,
        change: (values, request, waitMs) =>
          Effect.flatMap(ledger.change(values, request), (changed) => tell(changed, waitMs)),
        rollback: (version, request, waitMs) =>
          Effect.flatMap(ledger.rollback(version, request), (changed) => tell(changed, waitMs)),
        hostZones: zones.state,
        setHostZone: (zone, request, waitMs) =>
          Effect.flatMap(zones.set(zone, request), (changed) => tell(changed, waitMs)),
        removeHostZone: (hostname, request, waitMs) =>
          Effect.flatMap(zones.remove(hostname, request), (changed) => tell(changed, waitMs))
      })
    })
  )
}
