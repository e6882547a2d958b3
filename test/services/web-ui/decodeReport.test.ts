import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { DecodeReport } from "../../../layers/queue/DecodeReport.ts"
import { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { DecodeReportMemory } from "../../layers/queue/DecodeReportMemory.ts"
import { call, running, Stores } from "./harness.ts"

const at = Date.UTC(2026, 7, 22, 10)
const host = (hostname: string, lastAt: number) => ({
  hostname,
  peer: hostname === "nobody" ? undefined : "192.0.2.1",
  counts: { uptime: 1, time_unread: 3 },
  firstAt: at,
  lastAt,
  sample: `<189>${hostname}`
})
const names = ["new", "a", "b", "c", "nobody"]

const Filled = Layer.effect(
  DecodeReport,
  Effect.succeed(DecodeReport.of({
    add: () => Effect.void,
    hosts: Effect.succeed([
      host("new", at + 9),
      host("a", at + 5),
      host("b", at + 5),
      host("c", at + 5),
      host("nobody", at)
    ])
  }))
)
const Away = Layer.mock(DecodeReport, {
  hosts: Effect.fail(new QueueUnavailable({ operation: "hosts", detail: "away" }))
})

layer(running(Layer.merge(Stores, Filled)), { excludeTestServices: true })("GET /api/v1/decode-report", (it) => {
  it.effect("says of each host how it was misread, from when to when, with a sample", () =>
    Effect.gen(function*() {
      const { body, status } = yield* call("GET", "/api/v1/decode-report", { key: "viewer-key-of-tests" })
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(body.hosts[0], {
        hostname: "new",
        peer: "192.0.2.1",
        counts: { time_unread: 3, uptime: 1 },
        first_at: "2026-08-22T10:00:00.000Z",
        last_at: "2026-08-22T10:00:00.009Z",
        sample: "<189>new"
      })
      assert.strictEqual(body.hosts.at(-1).peer, null)
      assert.deepStrictEqual(body.pagination, { limit: 50, page: 1, has_more: false })
    }))

  it.effect("is paged by cursor and by number, and misses no host of one moment", () =>
    Effect.gen(function*() {
      for (const limit of [1, 2, 3, 5]) {
        const seen: Array<string> = []
        let next = ""
        do {
          const { body } = yield* call("GET", `/api/v1/decode-report?limit=${limit}${next}`)
          seen.push(...body.hosts.map(({ hostname }: { hostname: string }) => hostname))
          const cursor = body.pagination.next_cursor
          next = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`
        } while (next !== "")
        assert.deepStrictEqual(seen, names)
      }
      const { body } = yield* call("GET", "/api/v2/decode-report?limit=2&page=2")
      assert.deepStrictEqual(body.hosts.map(({ hostname }: { hostname: string }) => hostname), ["b", "c"])
    }))

  it.effect("refuses a cursor that is none, by name", () =>
    Effect.gen(function*() {
      for (const cursor of ["x", "1", ":a", "1:"]) {
        const { body, status } = yield* call("GET", `/api/v1/decode-report?cursor=${encodeURIComponent(cursor)}`)
        assert.deepStrictEqual([status, body.errors?.[0]?.field], [422, "cursor"], cursor)
      }
    }))
})

layer(running(Layer.merge(Stores, DecodeReportMemory)), { excludeTestServices: true })("a new decode report", (it) => {
  it.effect("is empty, and only for who may read", () =>
    Effect.gen(function*() {
      const { body } = yield* call("GET", "/api/v1/decode-report", { key: "viewer-key-of-tests" })
      assert.deepStrictEqual(body.hosts, [])
      assert.strictEqual((yield* call("GET", "/api/v1/decode-report", { key: "ingest-key-of-tests" })).status, 403)
    }))
})

layer(running(Layer.merge(Stores, Away)), { excludeTestServices: true })("a decode report out of reach", (it) => {
  it.effect("is answered 503", () =>
    Effect.gen(function*() {
      const { body, status } = yield* call("GET", "/api/v1/decode-report")
      assert.deepStrictEqual([status, body._tag], [503, "Unavailable"])
    }))
})
