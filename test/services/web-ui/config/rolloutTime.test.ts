import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Metric } from "effect"
import { TestClock } from "effect/testing"
import { ConfigRollout, type InstanceState } from "../../../../layers/config/ConfigRollout.ts"
import { InstancesUnavailable } from "../../../../layers/instances/Instances.ts"
import { steadyMillis } from "../../../../layers/telemetry/steadyTime.ts"
import { makeRolloutTime } from "../../../../services/web-ui/config/rolloutTime.ts"
import { ownMetrics } from "../../../layers/telemetry/seriesOf.ts"

const instance = (version: number): InstanceState => ({
  program: "ingestor",
  instance: "i-1",
  since: 0,
  seen: 0,
  epoch: "e",
  version,
  ok: true,
  reason: null,
  ms: 1
})

/** What was observed: how many, how many within a second, within five, and the longest. */
const observed = Effect.map(Metric.snapshot, (all) =>
  all.flatMap((metric) => {
    if (metric.id !== "mutt_config_rollout_seconds" || metric.type !== "Histogram") return []
    const within = (bound: number) => metric.state.buckets.find(([boundary]) => boundary === bound)?.[1]
    return [metric.state.count, within(1), within(5)]
  }))

describe("how long a change of settings takes to be everywhere", () => {
  it.effect("is observed, also when it never arrives and when nobody can tell", () =>
    ownMetrics(Effect.gen(function*() {
      let answer: ReturnType<ConfigRollout["Service"]["await"]> = Effect.succeed([])
      const rollout = Layer.mock(ConfigRollout, { await: () => Effect.suspend(() => answer) })
      const follow = yield* Effect.provide(makeRolloutTime, rollout)
      assert.deepStrictEqual(yield* observed, [0, 0, 0])
      const change = (version: number, now: typeof answer) =>
        Effect.gen(function*() {
          answer = now
          yield* follow({ epoch: "e", version, changedAt: yield* steadyMillis })
          yield* TestClock.adjust("10 seconds")
          return yield* observed
        })

      assert.deepStrictEqual(yield* change(1, Effect.delay(Effect.succeed([instance(1)]), "300 millis")), [1, 1, 1])
      assert.deepStrictEqual(yield* change(2, Effect.delay(Effect.succeed([instance(3)]), "2 seconds")), [2, 1, 2])
      assert.deepStrictEqual(yield* change(4, Effect.delay(Effect.succeed([instance(3)]), "5 seconds")), [3, 1, 2])
      const away = new InstancesUnavailable({ reason: "unreachable", detail: "away" })
      assert.deepStrictEqual(yield* change(5, Effect.fail(away)), [4, 1, 2])
    })))
})
