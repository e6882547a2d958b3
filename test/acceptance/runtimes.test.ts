import { assert, describe, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { type FourPrograms, fourPrograms } from "../support/fourPrograms.ts"

class World extends Context.Service<World, FourPrograms>()("test/acceptance/runtimes/World") {}

const post = (url: string, key: string, body: unknown) =>
  Effect.promise(() =>
    fetch(`${url}/api/v2/ingest`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key },
      body: JSON.stringify(body)
    })
  )

const get = (url: string, key?: string) =>
  Effect.promise(() => fetch(url, key === undefined ? {} : { headers: { "x-api-key": key } }))

describe.each(["node", "deno"] as const)("all four programs under %s", (runtime) => {
  layer(Layer.effect(World, fourPrograms({ runtime })), { excludeTestServices: true })((it) => {
    it.effect("carry an event from the sender to the platform and into the record", () =>
      Effect.gen(function*() {
        const { keys, moog, programs } = yield* World
        const message = `%LINEPROTO-5-UPDOWN: Interface Gi0/7 on ${runtime}, changed state to down`

        const answer = yield* post(programs.ingestor.url, keys.ingest, { hostname: "Core1", message, severity: "err" })
        assert.strictEqual(answer.status, 200)

        const { events } = yield* Effect.repeat(moog.received(), { until: ({ count }) => count > 0 })
        assert.deepStrictEqual(events.map(({ description, source }) => [source, description]), [["core1", message]])

        const record = yield* get(`${programs["web-ui"].url}/api/v1/audit-logs?hostname=core1`, keys.viewer)
        assert.strictEqual(record.status, 200)
        assert.include(yield* Effect.promise(() => record.text()), `on ${runtime}`)
      }))

    it.effect("end with code 0 when they are asked to", () =>
      Effect.gen(function*() {
        const { programs } = yield* World
        const ends = yield* Effect.forEach(Object.values(programs), ({ stop }) => stop, { concurrency: "unbounded" })
        assert.deepStrictEqual(ends.map((end) => end?.code), [0, 0, 0, 0])
      }))
  })
})
