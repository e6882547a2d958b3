import { Context, Effect, Layer } from "effect"
import { ConfigPublisher } from "../../../layers/config/ConfigPublisher.ts"
import { ConfigRollout, type InstanceState } from "../../../layers/config/ConfigRollout.ts"
import { ConfigStore } from "../../../layers/config/ConfigStore.ts"
import { HostZones } from "../../../layers/config/HostZones.ts"
import { steadyMillis } from "../../../layers/telemetry/steadyTime.ts"

/** How long a change waits for Redis before it is answered as not told yet. */
const tellMs = 2_000

/** Who knows of a change. */
export interface Told {
  readonly propagated: boolean
  readonly instances: ReadonlyArray<InstanceState>
}

/**
 * Where settings are changed: written to the ledger, then handed to Redis and waited for. A change that is in the ledger is made, whatever
 * becomes of the telling: the relay repeats it until every process knows.
 */
export class ConfigService extends Context.Service<ConfigService, {
  readonly state: ConfigStore["Service"]["state"]
  readonly history: ConfigStore["Service"]["history"]
  readonly change: ConfigStore["Service"]["change"]
  readonly rollback: ConfigStore["Service"]["rollback"]
  readonly hostZones: HostZones["Service"]["state"]
  readonly setHostZone: HostZones["Service"]["set"]
  readonly removeHostZone: HostZones["Service"]["remove"]
  /** Tells every process of a version that is committed, and waits for those that are in good health. */
  readonly tell: (version: number, waitMs: number) => Effect.Effect<Told>
}>()("mutt/services/web-ui/config/ConfigService") {
  static readonly layer = Layer.effect(
    ConfigService,
    Effect.gen(function*() {
      const ledger = yield* ConfigStore
      const publisher = yield* ConfigPublisher
      const instances = yield* ConfigRollout
      const zones = yield* HostZones

      const tell = Effect.fnUntraced(function*(version: number, waitMs: number) {
        const start = yield* steadyMillis
        const propagated = yield* publisher.push.pipe(
          Effect.timeoutOrElse({ duration: tellMs, orElse: () => Effect.succeed(undefined) }),
          Effect.tapError((error) =>
            Effect.logWarning("A change of settings could not be told yet; it will be.").pipe(
              Effect.annotateLogs({ version, detail: error.detail })
            )
          ),
          Effect.orElseSucceed(() => undefined)
        )
        if (propagated === undefined) return { propagated: false, instances: [] }
        const left = waitMs - ((yield* steadyMillis) - start)
        const list = yield* Effect.orElseSucceed(instances.await(propagated, Math.max(0, left)), () => [])
        return { propagated: true, instances: list }
      })

      return ConfigService.of({
        state: ledger.state,
        history: ledger.history,
        change: ledger.change,
        rollback: ledger.rollback,
        hostZones: zones.state,
        setHostZone: zones.set,
        removeHostZone: zones.remove,
        tell
      })
    })
  )
}
