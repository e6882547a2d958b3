import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { readSettings, type Shown } from "../../../layers/environment/setting.ts"
import { alerterSettings } from "../../../services/alerter/AlerterSettings.ts"

const read = (env: Record<string, string>) =>
  Effect.gen(function*() {
    const problems: Array<string> = []
    const shown: Record<string, Shown> = {}
    const values = yield* readSettings(alerterSettings, problems, shown)
    return { values, problems, shown }
  }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord(env))))

describe("settings of the alerter", () => {
  it.effect("have defaults", () =>
    Effect.gen(function*() {
      const { problems, shown } = yield* read({})
      assert.deepStrictEqual(problems, [])
      assert.deepStrictEqual(shown, { ALERTER_BATCH_SIZE: 1_000, ALERTER_JANITOR_TIMEOUT: 30, JANITOR_INTERVAL: 5 })
    }))

  it.effect("are read by their names", () =>
    Effect.gen(function*() {
      const env = { ALERTER_BATCH_SIZE: "7", ALERTER_JANITOR_TIMEOUT: "60", JANITOR_INTERVAL: "2" }
      assert.deepStrictEqual((yield* read(env)).values.values, { batchSize: 7, janitorTimeout: 60, janitorInterval: 2 })
    }))
})
