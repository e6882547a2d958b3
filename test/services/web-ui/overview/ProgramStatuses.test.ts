import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { Instances } from "../../../../layers/instances/Instances.ts"
import { processTopic } from "../../../../layers/instances/processTopic.ts"
import { ProgramStatuses } from "../../../../services/web-ui/overview/ProgramStatuses.ts"
import { WebUiSettings } from "../../../../services/web-ui/WebUiSettings.ts"
import { makeInstancesMemory } from "../../../layers/instances/InstancesMemory.ts"
import { processReport } from "../../../layers/instances/processReport.ts"
import { settingsOfTests } from "../settingsOfTests.ts"

const said = processReport("3.0.0")

const statusesOf = (registry: Instances["Service"]) =>
  ProgramStatuses.layer.pipe(
    Layer.provide([
      Layer.succeed(WebUiSettings, { ...settingsOfTests, programs: undefined }),
      Layer.succeed(Instances, registry),
      FetchHttpClient.layer
    ]),
    Layer.build,
    Effect.map((context) => Context.get(context, ProgramStatuses))
  )

describe("the health of the programs, without MUTT_PROGRAMS", () => {
  it.effect("is what each process reports, with its address; one that is silent is unreachable", () =>
    Effect.gen(function*() {
      const { process } = yield* makeInstancesMemory
      const [alerter, webUi] = [
        Context.get(yield* Layer.build(process("alerter", "a-1")), Instances),
        Context.get(yield* Layer.build(process("web-ui", "w-1")), Instances)
      ]
      const { addressed, status } = yield* statusesOf(webUi)
      assert.deepStrictEqual(yield* status, [])
      yield* alerter.report(processTopic, { ...said, url: "https://alerter-1:8081" })
      const one = { program: "alerter", version: "3.0.0", instance: "a-1", url: "https://alerter-1:8081" } as const
      assert.deepStrictEqual(yield* status, [{ ...one, state: "ready", checks: said.checks }])
      yield* TestClock.adjust("17 seconds")
      assert.deepStrictEqual(yield* status, [{ ...one, state: "unreachable", checks: {} }])
      assert.deepStrictEqual(yield* addressed, [])
    }))
})
