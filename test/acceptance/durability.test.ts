import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { redisAdmin } from "../layers/connections.ts"
import { eventually } from "../support/eventually.ts"
import { fourPrograms } from "../support/fourPrograms.ts"

const readiness = (url: string) =>
  Effect.tryPromise(async () => {
    const answer = await fetch(`${url}/readyz`)
    return { status: answer.status, text: await answer.text() }
  })

describe("a Redis that may lose what was accepted", () => {
  it.live("makes the ingestor unready with the reason in words, others only degraded, and all heal when it is mended", () =>
    Effect.gen(function*() {
      const { programs: { alerter, ingestor }, redis } = yield* fourPrograms()
      const admin = yield* redisAdmin(redis)
      const is = (url: string, status: number, words: string) =>
        eventually(Effect.gen(function*() {
          const ready = yield* readiness(url)
          if (ready.status !== status || !ready.text.includes(words)) return yield* Effect.fail(ready)
        }))
      yield* Effect.forEach([alerter, ingestor], ({ stop }) => stop)
      yield* admin.command("CONFIG", "SET", "appendonly", "no")
      yield* Effect.forEach([alerter, ingestor], ({ begin }) => begin)

      yield* is(ingestor.url, 503, "it writes no append-only file: set appendonly to yes, and appendfsync to always")
      yield* is(alerter.url, 200, "it writes no append-only file")

      yield* admin.command("CONFIG", "SET", "appendonly", "yes")
      yield* Effect.forEach([alerter, ingestor], ({ url }) => is(url, 200, "\"durability\":{\"state\":\"ok\""))
      assert.strictEqual((yield* readiness(ingestor.url)).status, 200)
    }))
})
