import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClient } from "effect/http"
import { CommandedQueue, Ingestor } from "./harness.ts"

layer(Ingestor(), { excludeTestServices: true })("GET /readyz of the ingestor", (it) => {
  it.effect("answers 503 with the reason while nothing can be stored, and 200 again by itself", () =>
    Effect.gen(function*() {
      const queue = yield* CommandedQueue
      const ask = Effect.gen(function*() {
        const response = yield* HttpClient.get("/readyz")
        return [response.status, JSON.stringify(yield* response.json)] as const
      })
      for (
        const [mood, reason] of [["full", "the queue is full"], ["unavailable", "Redis is out of memory"]] as const
      ) {
        queue.mood = mood
        const [status, body] = yield* ask
        assert.strictEqual(status, 503)
        assert.include(body, "\"not_ready\"")
        assert.include(body, reason)
      }
      queue.mood = "accepts"
      assert.strictEqual((yield* ask)[0], 200)
    }))
})
