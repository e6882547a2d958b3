import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { readSettings, type Shown } from "../../../layers/environment/setting.ts"
import { forwarderSettings } from "../../../services/moog-forwarder/ForwarderSettings.ts"

const read = (env: Record<string, string>) =>
  Effect.gen(function*() {
    const problems: Array<string> = []
    const shown: Record<string, Shown> = {}
    const values = yield* readSettings(forwarderSettings, problems, shown)
    return { values, problems, shown }
  }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord(env))))

describe("settings of the forwarder", () => {
  it.effect("have defaults for all but where to deliver", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* read({})).problems, ["MOOG_WEBHOOK_URL is not set."])
      const { problems, shown } = yield* read({ MOOG_WEBHOOK_URL: "https://moog.example.com/events" })
      assert.deepStrictEqual(problems, [])
      assert.deepStrictEqual(shown, {
        MOOG_WEBHOOK_URL: "https://moog.example.com/events",
        MOOG_WEBHOOK_ALLOW_HTTP: false,
        MOOG_WEBHOOK_TIMEOUT: 10,
        MOOG_RETRY_BASE_DELAY: 1,
        MOOG_RETRY_MAX_DELAY: 60,
        MOOG_LEASE_MARGIN: 10,
        MOOG_CONCURRENCY: 16
      })
    }))

  it.effect.each(
    [
      ["http://moog.example.com/", "false", false],
      ["http://moog.example.com/", "true", true],
      ["http://127.0.0.1:8085/events", "false", true],
      ["http://localhost:8085/events", "false", true],
      ["http://[::1]:8085/events", "false", true],
      ["http://127.0.0.1.example.com/", "false", false],
      ["https://moog.example.com/", "false", true],
      ["ftp://moog.example.com/", "true", false],
      ["moog.example.com/events", "true", false]
    ] as const
  )("%s with MOOG_WEBHOOK_ALLOW_HTTP=%s is usable: %s", ([url, allow, usable]) =>
    Effect.gen(function*() {
      const { problems } = yield* read({ MOOG_WEBHOOK_URL: url, MOOG_WEBHOOK_ALLOW_HTTP: allow })
      assert.strictEqual(problems.length === 0, usable, problems.join())
    }))

  it.effect("never tell what a URL may carry beside an address", () =>
    Effect.gen(function*() {
      const good = yield* read({ MOOG_WEBHOOK_URL: "https://moog.example.com/events?apiKey=s3cret#s3cret" })
      assert.strictEqual(good.shown["MOOG_WEBHOOK_URL"], "https://moog.example.com/events")
      for (const url of ["https://user:s3cret@moog.example.com/", "http://x.example.com/?k=s3cret", "s3cret"]) {
        const { problems } = yield* read({ MOOG_WEBHOOK_URL: url })
        assert.lengthOf(problems, 1)
        assert.notInclude(problems.join(), "s3cret")
      }
    }))

  it.effect("that cannot be used are all named", () =>
    Effect.gen(function*() {
      const { problems } = yield* read({
        MOOG_WEBHOOK_TIMEOUT: "0",
        MOOG_RETRY_BASE_DELAY: "soon",
        MOOG_CONCURRENCY: "1.5"
      })
      const names = problems.map((problem) => problem.split(/[ :]/)[0])
      assert.deepStrictEqual(names, [
        "MOOG_WEBHOOK_URL",
        "MOOG_WEBHOOK_TIMEOUT",
        "MOOG_RETRY_BASE_DELAY",
        "MOOG_CONCURRENCY"
      ])
    }))
})
