import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Metric } from "effect"
import { TestClock } from "effect/testing"
import { ProcessFacts } from "../../../layers/environment/ProcessFacts.ts"
import { reportProcess } from "../../../layers/http/reportProcess.ts"
import { Instances, InstancesUnavailable } from "../../../layers/instances/Instances.ts"
import { processTopic } from "../../../layers/instances/processTopic.ts"
import type { ProcessReport } from "../../../src/domain/ProcessReport.ts"
import { makeInstancesMemory } from "../instances/InstancesMemory.ts"
import { ownMetrics, seriesOf } from "../telemetry/seriesOf.ts"

const decided = Metric.counter("decided", { incremental: true })

describe("the report of a process", () => {
  it.effect("says each 5 seconds how it is and what it does, also after the registry was away", () =>
    ownMetrics(Effect.gen(function*() {
      const { process } = yield* makeInstancesMemory
      const registry = Context.get(yield* Layer.build(process("alerter", "a-1")), Instances)
      let [isAway, silences, state]: [boolean, number | undefined, ProcessReport["state"]] = [false, undefined, "ready"]
      const checks = { redis: { state: "ok", required: true, age_ms: 3 } } as const
      yield* reportProcess({
        version: "3.0.0",
        state: Effect.sync(() => ({ state, checks })),
        work: [decided],
        silencesVersion: () => silences
      }).pipe(
        Effect.provideService(Instances, {
          ...registry,
          report: (topic, said) =>
            isAway
              ? Effect.fail(new InstancesUnavailable({ reason: "unreachable", detail: "away" }))
              : registry.report(topic, said)
        }),
        Effect.provideService(ProcessFacts, {
          runtime: "node 24.0.0",
          build: "a1b2",
          startedAt: 1_000,
          groups: () => [],
          hostname: () => "here",
          memoryBytes: () => 42
        })
      )
      const listed = Effect.map(registry.list(processTopic), ({ instances: [one] }) => one)
      yield* TestClock.adjust(1)
      const first = {
        program: "alerter",
        instance: "a-1",
        version: "3.0.0",
        build: "a1b2",
        runtime: "node 24.0.0",
        started_at: "1970-01-01T00:00:01.000Z",
        state: "ready",
        checks,
        memory_bytes: 42,
        events_per_second: null,
        silences_version: null,
        since: 0,
        seen: 0
      }
      assert.deepStrictEqual<unknown>(yield* listed, first)
      yield* Metric.update(decided, 100)
      silences = 8
      state = "draining"
      yield* TestClock.adjust("5 seconds")
      assert.deepInclude(yield* listed, { state, events_per_second: 20, silences_version: 8, seen: 5_000 })
      isAway = true
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* seriesOf("mutt_process_reports_failed_total"), { "": 2 })
      isAway = false
      yield* TestClock.adjust("5 seconds")
      assert.deepInclude(yield* listed, { events_per_second: 0, seen: 20_000 })
    })))
})
