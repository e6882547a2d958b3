import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Books } from "../../../../layers/queue/Books.ts"
import { sides } from "../../../layers/queue/modelTest.ts"
import { call, running, Stores } from "../harness.ts"
import { BeforeStep, die, drain, dying, eventOf, queues } from "./heldQueue.ts"

const path = "/api/v1/dead-letters/events"
const options = { key: "operator-key-of-tests" }

const post = (what: string, body: object, headers: Record<string, string> = {}) =>
  call("POST", `${path}/${what}`, { ...options, body, headers })

const kept = Effect.map(call("GET", "/api/v1/dead-letters"), ({ body }) => body.counts.events as number)

const balanced = Effect.gen(function*() {
  for (const [left, right] of sides(yield* (yield* Books).page)) assert.strictEqual(left, right)
})

const ids = (payloads: ReadonlyArray<string>) => payloads.map((payload) => JSON.parse(payload).id)

for (const [name, queue] of queues) {
  const world = running(Layer.merge(Stores, queue)).pipe(Layer.provideMerge(queue))
  layer(world, { excludeTestServices: true })(`dead letters by filter, in ${name}`, (it) => {
    it.effect(
      "10,000 go in one request of bounded steps, each once, and nothing else is touched",
      () =>
        Effect.gen(function*() {
          yield* die([eventOf(0, "sw2")])
          yield* die(Array.from({ length: 10_000 }, (_, index) => eventOf(index + 1, "SW1")))
          const hook = yield* BeforeStep
          let steps = 0
          const late = yield* dying(eventOf(20_000, "sw1"))
          hook.run = Effect.suspend(() => ++steps === 3 ? late : Effect.void)
          const { body, status } = yield* post("replay", {
            filter: { host: "sw1" },
            expected: 10_000,
            reason: "mended"
          }, {
            "x-correlation-id": "all"
          })
          hook.run = Effect.void
          assert.strictEqual(status, 200)
          assert.deepStrictEqual(body, { matched: 10_000, moved: 10_000, unreadable: [], cut: 0, skipped: 0, left: 0 })
          assert.isAtLeast(steps, 50)
          assert.strictEqual(yield* kept, 2)
          const taken = ids(yield* drain)
          assert.deepStrictEqual(taken, Array.from({ length: 10_000 }, (_, index) => `e-${index + 1}`))
          yield* balanced
          const { body: { logs } } = yield* call("GET", "/api/v1/audit?correlation_id=all")
          assert.lengthOf(logs, 2)
          assert.deepInclude(logs[0], { table_name: "dead_letters", record_id: "events", reason: "mended" })
          assert.deepInclude(logs[0].new_values, {
            phase: "done",
            filter: { host: "sw1" },
            matched: 10_000,
            moved: 10_000
          })
          yield* post("discard", { filter: {}, expected: 2 })
        }),
      120_000
    )

    it.effect("are told apart by reason, host, time and text, and counted by kind", () =>
      Effect.gen(function*() {
        yield* die([eventOf(1, "sw1"), eventOf(2, "sw2")], "poison", "port")
        yield* die([eventOf(3, "sw1")], "no_room")
        const list = (query: string) =>
          Effect.map(call("GET", `${path}?${query}`), ({ body }) => ids(body.dead_letters.map(payloadOf)))
        assert.deepStrictEqual(yield* list("reason=poison"), ["e-2", "e-1"])
        assert.deepStrictEqual(yield* list("host=SW1"), ["e-3", "e-1"])
        assert.deepStrictEqual(yield* list(`text=${encodeURIComponent("2 \"DOWN")}`), ["e-2"])
        assert.deepStrictEqual(yield* list("from=2000-01-01&to=2000-01-02"), [])
        assert.deepStrictEqual(yield* list("from=2000-01-01&to=2100-01-01&limit=1"), ["e-3"])
        const groups = yield* call("GET", `${path}/groups`)
        const { body: { dead_letters: all } } = yield* call("GET", path)
        assert.deepStrictEqual(groups.body, {
          groups: [
            { reason: "poison", detail_masked: "port #", count: 2, oldest: all[2].at, newest: all[1].at },
            { reason: "no_room", detail_masked: "no #", count: 1, oldest: all[0].at, newest: all[0].at }
          ],
          total: 3,
          omitted: 0,
          exact: true,
          newest: all[0].id
        })
        const narrowed = yield* call("GET", `${path}/groups?host=sw1&before=${all[0].id}`)
        assert.deepInclude(narrowed.body, { total: 1 })
      }))

    it.effect("are left alone when they are not as many as expected", () =>
      Effect.gen(function*() {
        for (const [expected, found, exact] of [[3, 2, true], [1, 2, false]] as const) {
          for (const what of ["replay", "discard"]) {
            const { body, status } = yield* post(what, { filter: { host: "sw1" }, expected })
            assert.deepStrictEqual([status, body._tag, body.expected, body.found, body.exact], [
              409,
              "CountDiffers",
              expected,
              found,
              exact
            ])
          }
        }
        for (const body of [{ filter: {} }, { expected: 1 }, { ids: ["1-0"], filter: {}, expected: 1 }, {}]) {
          assert.strictEqual((yield* post("replay", body)).status, 422, JSON.stringify(body))
        }
        assert.strictEqual(yield* kept, 3)
      }))

    it.effect("are discarded for good, counted and recorded", () =>
      Effect.gen(function*() {
        const before = yield* (yield* Books).page
        const { body } = yield* post("discard", { filter: { reason: "poison" }, expected: 2 }, {
          "x-correlation-id": "gone"
        })
        assert.deepInclude(body, { matched: 2, moved: 2, left: 0 })
        const after = yield* (yield* Books).page
        assert.strictEqual(after.eventsDiscarded - before.eventsDiscarded, 2)
        yield* balanced
        const { body: { logs } } = yield* call("GET", "/api/v1/audit?correlation_id=gone")
        assert.deepStrictEqual(logs.map(({ operation }: { operation: string }) => operation), ["DELETE", "UPDATE"])
        yield* post("discard", { filter: {}, expected: 1 })
      }))

    it.effect("go on with the same request after it was cut off in the middle, and each ends once", () =>
      Effect.gen(function*() {
        const late = yield* dying(eventOf(5_000, "sw1"))
        yield* die(Array.from({ length: 1_000 }, (_, index) => eventOf(index, "sw1")))
        const hook = yield* BeforeStep
        let steps = 0
        hook.run = Effect.suspend(() => ++steps === 3 ? Effect.die("the program ended") : Effect.void)
        const ask = post("replay", { filter: { host: "sw1" }, expected: 1_000 }, { "idempotency-key": `cut ${name}` })
        assert.strictEqual((yield* ask).status, 500)
        hook.run = Effect.void
        assert.strictEqual(yield* kept, 600)
        // Another one that comes meanwhile is none of those that were meant.
        yield* late
        const { body, status } = yield* ask
        assert.deepStrictEqual([status, body], [200, {
          matched: 1_000,
          moved: 600,
          unreadable: [],
          cut: 0,
          skipped: 400,
          left: 0
        }])
        assert.deepStrictEqual((yield* ask).body, body)
        assert.strictEqual(yield* kept, 1)
        const taken = ids(yield* drain)
        assert.deepStrictEqual(taken, Array.from({ length: 1_000 }, (_, index) => `e-${index}`))
        yield* balanced
      }))
  })
}

const payloadOf = ({ payload }: { readonly payload: string }) => payload
