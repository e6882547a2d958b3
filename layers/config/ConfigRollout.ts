import { Context, Effect, Layer, Schema, Stream } from "effect"
import { Instances, type InstancesUnavailable, type Report, type Topic } from "../instances/Instances.ts"
import { configKeys } from "./keys.ts"

/** What one process reports of its settings. */
const State = Schema.Struct({
  epoch: Schema.String,
  version: Schema.Int,
  /** It runs that version. `false`: it was offered a newer one and refused it, `reason` says why. */
  ok: Schema.Boolean,
  reason: Schema.NullOr(Schema.String),
  /** Milliseconds from the announcement's arrival to the swap. */
  ms: Schema.Finite
})
export type ConfigState = typeof State.Type
export type InstanceState = Report<ConfigState>

export const configTopic: Topic<ConfigState> = {
  key: configKeys.instances,
  silentMs: 10_000,
  decode: Schema.decodeUnknownEffect(State),
  revision: { of: ({ epoch, ok, version }) => `${epoch}:${version}:${ok}`, channel: configKeys.reports }
}

/** A waiting caller reads the list this often even when it hears of no report. */
const listEvery = "100 millis"

/** The version of the settings that each running process has in force. */
export class ConfigRollout extends Context.Service<ConfigRollout, {
  readonly list: Effect.Effect<ReadonlyArray<InstanceState>, InstancesUnavailable>
  /** The list once every process runs or has refused `version`, or as it is after `timeoutMs`. */
  readonly await: (
    version: { readonly epoch: string; readonly version: number },
    timeoutMs: number
  ) => Effect.Effect<ReadonlyArray<InstanceState>, InstancesUnavailable>
}>()("mutt/layers/config/ConfigRollout") {
  static readonly layer = Layer.effect(
    ConfigRollout,
    Effect.gen(function*() {
      const registry = yield* Instances
      const list = Effect.map(registry.list(configTopic), ({ instances }) => instances)

      return ConfigRollout.of({
        list,
        await: Effect.fnUntraced(function*(wanted, timeoutMs) {
          const isDone = (instances: ReadonlyArray<InstanceState>) =>
            instances.every(({ epoch, version }) => epoch === wanted.epoch && version >= wanted.version)
          let newest = yield* list
          if (timeoutMs <= 0 || isDone(newest)) return newest
          yield* Stream.merge(registry.changes(configTopic), Stream.tick(listEvery)).pipe(
            Stream.buffer({ capacity: 1, strategy: "sliding" }),
            Stream.mapEffect(() => list),
            Stream.tap((instances) => Effect.sync(() => void (newest = instances))),
            Stream.takeUntil(isDone),
            Stream.runDrain,
            Effect.timeoutOption(timeoutMs)
          )
          return newest
        })
      })
    })
  )
}
