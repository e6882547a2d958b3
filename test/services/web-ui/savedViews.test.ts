import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { call, running, Stores } from "./harness.ts"

const operator = { key: "operator-key-of-tests" }
const viewer = { key: "viewer-key-of-tests" }
const path = "/api/v1/views"
const night = { page: "events", query: "sev=0,1,2" }

layer(running(Stores), { excludeTestServices: true })("shared views", (it) => {
  it.effect("are saved and removed by operators, and read by all", () =>
    Effect.gen(function*() {
      const url = `${path}/${encodeURIComponent("Night / Köln")}`
      const saved = yield* call("PUT", url, { ...operator, body: { ...night, reason: "handover" } })
      assert.strictEqual(saved.status, 200)
      assert.deepInclude(saved.body, { name: "Night / Köln", ...night, by: "noc" })
      assert.deepStrictEqual((yield* call("GET", url, viewer)).body, saved.body)
      assert.deepStrictEqual((yield* call("GET", path, viewer)).body, { views: [saved.body] })
      for (const method of ["PUT", "DELETE"] as const) {
        assert.strictEqual((yield* call(method, url, { ...viewer, body: method === "PUT" ? night : {} })).status, 403)
      }
      assert.strictEqual((yield* call("DELETE", url, operator)).status, 200)
      const gone = yield* call("GET", url, viewer)
      assert.deepStrictEqual([gone.status, gone.body._tag], [404, "ViewNotFound"])
      const { body: { logs } } = yield* call("GET", "/api/v1/audit?table_name=saved_views")
      assert.deepStrictEqual(logs.map((one: Record<string, unknown>) => [one["operation"], one["reason"]]), [
        ["DELETE", null],
        ["CREATE", "handover"]
      ])
    }))

  it.effect("are bounded: in what they say, and in their number", () =>
    Effect.gen(function*() {
      const put = (name: string, body: object) => call("PUT", `${path}/${name}`, { ...operator, body })
      for (const wrong of [{ page: "Events" }, { page: "a/b" }, { query: "x".repeat(4_001) }, { query: "\u0000" }]) {
        assert.strictEqual(
          (yield* put("wrong", { ...night, ...wrong })).status,
          422,
          JSON.stringify(wrong).slice(0, 40)
        )
      }
      assert.strictEqual((yield* put("n".repeat(101), night)).status, 404)
      const names = Array.from({ length: 500 }, (_, number) => `view-${number}`)
      yield* Effect.forEach(names, (name) => put(name, night), { concurrency: 8, discard: true })
      const full = yield* put("one-more", night)
      assert.deepStrictEqual([full.status, full.body._tag], [409, "ViewsFull"])
    }))
})
