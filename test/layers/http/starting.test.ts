import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeServer } from "../../../layers/http/Server.ts"
import { listening } from "../../support/listening.ts"

describe("a program that is not whole yet", () => {
  it.effect("is alive, and answers everything else that it is starting", () =>
    Effect.gen(function*() {
      const port = yield* listening(makeServer(100))
      const ask = (path: string) =>
        Effect.promise(async () => {
          const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { "x-correlation-id": "mine-1" } })
          return [response.status, await response.json(), response.headers.get("x-correlation-id")] as const
        })
      assert.deepStrictEqual(yield* ask("/healthz"), [200, { status: "alive" }, "mine-1"])
      const [status, body, id] = yield* ask("/readyz")
      assert.deepStrictEqual([status, id], [503, "mine-1"])
      assert.include(JSON.stringify(body), "starting")
    }))
})
