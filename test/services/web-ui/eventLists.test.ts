import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Stream } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventList } from "../../../layers/audit/EventList.ts"
import { standardStreams } from "../../../services/web-ui/WebUiSettings.ts"
import type { EventRow } from "../../../src/domain/EventRow.ts"
import { forwarded, uuid } from "../../layers/audit/eventAuditSuite.ts"
import { whole } from "../../layers/audit/eventListSuite.ts"
import { call, running, Stores } from "./harness.ts"

const at = (second: number) => new Date(Date.UTC(2026, 7, 22, 10, 0, second)).toISOString()

const Recorded = Layer.effectDiscard(
  EventAudit.use(({ record }) =>
    record([
      ...Array.from({ length: 5 }, (_, index) => whole(1 + index, { hostname: "sw1", receivedAt: at(index) })),
      whole(9, { hostname: "rt1", severity: 2, receivedAt: at(9) }, forwarded)
    ])
  )
).pipe(Layer.orDie)

const get = (query: string) => call("GET", `/api/v1/events${query}`)
const idsOf = (rows: ReadonlyArray<EventRow>) => rows.map(({ id }) => id)
const day = "from=2026-08-22&to=2026-08-23"

layer(running(Layer.provideMerge(Recorded, Stores)), { excludeTestServices: true })("recorded events", (it) => {
  it.effect("are listed without their raw text, newest first, page by page in both directions", () =>
    Effect.gen(function*() {
      const first = (yield* get("?limit=2")).body
      assert.deepStrictEqual(idsOf(first.events), [uuid(9), uuid(5)])
      assert.isUndefined(first.events[0].raw_message)
      const second = (yield* get(`?limit=2&cursor=${first.pagination.next_cursor}`)).body
      assert.deepStrictEqual(idsOf(second.events), [uuid(4), uuid(3)])
      const back = (yield* get(`?limit=2&cursor=${second.pagination.previous_cursor}`)).body
      assert.deepStrictEqual(idsOf(back.events), [uuid(9), uuid(5)])
      assert.strictEqual((yield* call("GET", `/api/v1/events/${first.events[0].ref}`)).body.event.id, uuid(9))
    }))

  it.effect("are found by host or rule without a span, and by all else in a day", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* get("?host=SW1")).body.events.length, 5)
      assert.deepStrictEqual(idsOf((yield* get("?rule=7")).body.events), [uuid(9)])
      const refused = yield* get("?severity=2")
      assert.deepStrictEqual([refused.status, refused.body.errors[0].field], [422, "from"])
      assert.strictEqual((yield* get("?text=x&from=2026-08-20&to=2026-08-22")).status, 422)
      assert.deepStrictEqual(idsOf((yield* get(`?severity=2,3&${day}`)).body.events), [uuid(9)])
      assert.strictEqual((yield* get(`?host=s*&${day}&order=device`)).body.events.length, 5)
    }))

  it.effect("are not searched by what nobody knows", () =>
    Effect.gen(function*() {
      for (
        const query of ["?hots=sw1", "?severity=8", "?limit=1001", "?cursor=x", "?outcome=gone", "?from=yesterday"]
      ) {
        assert.strictEqual((yield* get(query)).status, 422, query)
      }
      assert.include((yield* get("?hots=sw1")).body.detail, "did you mean `host`?")
    }))

  it.effect("are counted by time, and by what they have in common", () =>
    Effect.gen(function*() {
      const { body } = yield* get(`/counts?${day}`)
      assert.isTrue(body.exact)
      assert.deepStrictEqual(body.facets.host, [["sw1", 5], ["rt1", 1]])
      assert.deepStrictEqual(body.buckets[20], {
        at: "2026-08-22T10:00:00.000Z",
        forwarded: 1,
        suppressed: 0,
        unmatched: 5
      })
      assert.strictEqual((yield* get("/counts?from=2026-08-23&to=2026-08-22")).status, 422)
      assert.deepStrictEqual((yield* get("/counts")).body.facets.host, [])
      const year = yield* get("/counts?from=2026-01-01&to=2026-12-31")
      assert.deepStrictEqual([year.status, year.body.facets?.host], [200, [["sw1", 5], ["rt1", 1]]], year.body.detail)
    }))

  const tail = Effect.fnUntraced(function*(query: string, headers: Record<string, string> = {}) {
    const begun = yield* Deferred.make<void>()
    const response = yield* HttpClient.execute(
      HttpClientRequest.get(`/api/v1/events/stream${query}`).pipe(
        HttpClientRequest.setHeaders({ "x-api-key": "viewer-key-of-tests", ...headers })
      )
    ).pipe(Effect.flatMap(HttpClientResponse.filterStatusOk))
    const reading = yield* Stream.decodeText(response.stream).pipe(
      Stream.tap(() => Deferred.succeed(begun, undefined)),
      Stream.takeUntil((text) => text.includes("\"id\"")),
      Stream.mkString,
      Effect.forkScoped
    )
    yield* Deferred.await(begun)
    return reading
  })

  it.effect("are told as they come, to each as he asked", () =>
    Effect.scoped(Effect.gen(function*() {
      const [one, other] = [yield* tail("?host=live1"), yield* tail("?host=live2")]
      yield* (yield* EventAudit).record([whole(101, { hostname: "live1" }), whole(102, { hostname: "live2" })])
      const [text, otherText] = [yield* Fiber.join(one), yield* Fiber.join(other)]
      assert.match(
        text,
        /^id: memory-\d+\nevent: batch\ndata: \{"rows":\[\],"skipped":0\}\n\nid: memory-\d+\nevent: batch\n/
      )
      assert.include(text, uuid(101))
      assert.notInclude(text, uuid(102))
      assert.include(otherText, uuid(102))
      const place = /^id: (.*)$/m.exec(text)?.[1] ?? ""
      assert.include(yield* Fiber.join(yield* tail("?host=live2", { "last-event-id": place })), uuid(102))
      assert.include(yield* Fiber.join(yield* tail(`?host=live1&after=${place}`)), uuid(101))
    })))

  it.effect("are followed by so many at most, and again when one has gone", () =>
    Effect.scoped(Effect.gen(function*() {
      const keys = ["viewer", "operator", "admin"].map((name) => ({ "x-api-key": `${name}-key-of-tests` }))
      const open = yield* Effect.forEach(
        Array.from({ length: standardStreams.tailsMost }),
        (_, index) => tail(`?host=h${index % 3}`, keys[index % 3])
      )
      const { body, headers, status } = yield* get("/stream")
      assert.deepStrictEqual([status, body._tag, headers["retry-after"]], [429, "StreamsFull", "5"])
      assert.include(body.detail, "50 tails")
      yield* Effect.forEach(open, Fiber.interrupt)
    })))

  it.effect("are not followed from where nobody was", () =>
    Effect.gen(function*() {
      const { body, status } = yield* get("/stream?after=nowhere")
      assert.deepStrictEqual([status, body.errors[0].field], [422, "after"])
    }))
})

layer(
  running(Layer.merge(
    Stores,
    Layer.mock(EventList, { page: () => Effect.never, counts: () => Effect.never })
  )),
  { excludeTestServices: true }
)("a search that takes too long", (it) => {
  it.effect("is given up, with what to narrow", () =>
    Effect.gen(function*() {
      const [page, counts] = yield* Effect.all([get("?host=sw1"), get("/counts")], { concurrency: 2 })
      for (const { body, status } of [page, counts]) {
        assert.deepStrictEqual([status, body._tag], [503, "Unavailable"])
        assert.include(body.detail, "Narrow it")
      }
    }))
})
