import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { call, running, Stores } from "./harness.ts"

const viewer = { key: "viewer-key-of-tests" }
const path = "/api/v1/archives"

layer(running(Stores), { excludeTestServices: true })("the list of archived days", (it) => {
  it.effect("is read by viewers in pages, the newest day first", () =>
    Effect.gen(function*() {
      const first = yield* call("GET", `${path}?limit=2`, viewer)
      const { archives, pagination } = first.body
      assert.deepStrictEqual([first.status, archives.length, pagination.has_more], [200, 2, true])
      assert.deepStrictEqual(archives[0], {
        day: "2026-11-27",
        odd: false,
        number: 1,
        rows: 1_000,
        bytes: 73_000,
        sha256: "0".repeat(64),
        url: "s3://events/mutt/2026/11/event-audit-2026-11-27.ndjson.zst",
        written_at: "2026-11-29T00:00:00.000Z"
      })
      const next = encodeURIComponent(pagination.next_cursor)
      const second = yield* call("GET", `${path}?limit=2&cursor=${next}`, viewer)
      assert.deepStrictEqual(second.body.archives.map(({ day }: { readonly day: string }) => day), ["2026-11-25"])
      assert.isUndefined(second.body.pagination)
      assert.strictEqual((yield* call("GET", `${path}?cursor=x`, viewer)).status, 422)
      assert.strictEqual((yield* call("GET", path, { key: "" })).status, 401)
    }))
})
