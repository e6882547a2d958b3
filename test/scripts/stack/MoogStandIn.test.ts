import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { type MoogStandIn, moogStandIn } from "../../support/moogStandIn.ts"

const event = (id: string, signature = `sig-${id}`) => ({ external_id: id, signature, description: `event ${id}` })

const deliver = (
  moog: MoogStandIn,
  body: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${moog.apiKey}` }
) =>
  Effect.promise((signal) =>
    fetch(`${moog.url}/events`, {
      method: "POST",
      signal,
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body)
    })
  )

describe("MoogStandIn", () => {
  it.live("keeps what is delivered, in order, numbered from 1", () =>
    Effect.gen(function*() {
      const moog = yield* moogStandIn()
      yield* deliver(moog, event("a"))
      yield* deliver(moog, [event("b"), event("c")])
      const all = yield* moog.received()
      assert.strictEqual(all.count, 3)
      assert.deepStrictEqual(all.events.map(({ external_id, n }) => [n, external_id]), [[1, "a"], [2, "b"], [3, "c"]])
      assert.deepStrictEqual((yield* moog.received(2)).events.map(({ n }) => n), [3])
    }))

  it.live("takes the key as a bearer token or as apiKey, and keeps nothing without it", () =>
    Effect.gen(function*() {
      const moog = yield* moogStandIn()
      assert.strictEqual((yield* deliver(moog, event("a"), {})).status, 401)
      assert.strictEqual((yield* deliver(moog, event("b"), { authorization: "Bearer wrong" })).status, 401)
      assert.strictEqual((yield* deliver(moog, event("c"), { apiKey: moog.apiKey })).status, 200)
      assert.deepStrictEqual((yield* moog.received()).events.map(({ external_id }) => external_id), ["c"])
    }))

  it.live("answers a repeated delivery 200 and counts it apart", () =>
    Effect.gen(function*() {
      const moog = yield* moogStandIn()
      yield* deliver(moog, event("a"))
      assert.strictEqual((yield* deliver(moog, event("a"))).status, 200)
      yield* deliver(moog, event("a", "another signature"))
      const { count, repeats } = yield* moog.received()
      assert.deepStrictEqual({ count, repeats }, { count: 2, repeats: 1 })
    }))

  it.live("plays an outage for as many deliveries as it was told, and keeps none of those", () =>
    Effect.gen(function*() {
      const moog = yield* moogStandIn()
      yield* moog.behave({ status: 429, retryAfter: 7, failNext: 2 })
      const answers = yield* Effect.forEach(["a", "b", "c"], (id) => deliver(moog, event(id)))
      assert.deepStrictEqual(answers.map(({ status }) => status), [429, 429, 200])
      assert.strictEqual(answers[0]?.headers.get("retry-after"), "7")
      assert.deepStrictEqual((yield* moog.received()).events.map(({ external_id }) => external_id), ["c"])
    }))

  it.live("refuses until told otherwise when no number is given", () =>
    Effect.gen(function*() {
      const moog = yield* moogStandIn()
      yield* moog.behave({ status: 500 })
      assert.strictEqual((yield* deliver(moog, event("a"))).status, 500)
      assert.strictEqual((yield* deliver(moog, event("a"))).status, 500)
      yield* moog.behave({})
      assert.strictEqual((yield* deliver(moog, event("a"))).status, 200)
    }))

  it.live("keeps an event although the sender gave up waiting for the answer", () =>
    Effect.gen(function*() {
      const moog = yield* moogStandIn()
      yield* moog.behave({ delayMs: 60_000 })
      const waiting = yield* Effect.forkChild(deliver(moog, event("a")))
      yield* Effect.repeat(moog.received(), { until: ({ count }) => count === 1 })
      yield* Fiber.interrupt(waiting)
      yield* moog.behave({})
      yield* deliver(moog, event("a"))
      const { count, repeats } = yield* moog.received()
      assert.deepStrictEqual({ count, repeats }, { count: 1, repeats: 1 })
    }))

  it.live("records every delivery, repeated, refused or given up, with what was answered", () =>
    Effect.gen(function*() {
      const moog = yield* moogStandIn()
      yield* deliver(moog, event("a"))
      yield* deliver(moog, event("a"))
      yield* moog.behave({ refuseContaining: "event b" })
      yield* deliver(moog, event("b"))
      yield* moog.behave({ delayMs: 60_000 })
      const waiting = yield* Effect.forkChild(deliver(moog, event("c")))
      const posts = yield* Effect.repeat(moog.posts, { until: ({ length }) => length === 4 })
      yield* Fiber.interrupt(waiting)
      assert.deepStrictEqual(posts.map(({ answerMs, id, status }) => [id, status, answerMs !== null]), [
        ["a", 200, true],
        ["a", 200, true],
        ["b", 422, true],
        ["c", 200, false]
      ])
    }))

  it.live.each(
    [
      ["login_page", 200],
      ["login_redirect", 302],
      ["not_found", 404],
      ["moved", 307],
      ["unauthorized", 401],
      ["error_page", 503],
      ["binary", 200],
      ["slow_page", 200],
      ["half_body", 200],
      ["half_head", "nothing"],
      ["garbage", "nothing"],
      ["reset", "nothing"]
    ] as const
  )("keeps nothing while %s stands in its place, which answers %s", ([guise, status]) =>
    Effect.gen(function*() {
      const moog = yield* moogStandIn()
      yield* moog.behave({ guise })
      const answer = Effect.tryPromise((signal) =>
        fetch(`${moog.url}/events`, { method: "POST", body: "{}", redirect: "manual", signal }).then((it) => it.status)
      )
      assert.strictEqual(yield* Effect.orElseSucceed(answer, () => "nothing" as const), status)
      assert.strictEqual((yield* moog.received()).count, 0)
    }))

  it.live("answers 400 to what is not JSON and to a behaviour it does not know", () =>
    Effect.gen(function*() {
      const moog = yield* moogStandIn()
      assert.strictEqual((yield* deliver(moog, "{")).status, 400)
      const refused = yield* Effect.promise(() =>
        fetch(`${moog.url}/behaviour`, { method: "PUT", body: "{\"status\":1}" })
      )
      assert.strictEqual(refused.status, 400)
    }))

  it.live("forgets everything and counts from 1 again", () =>
    Effect.gen(function*() {
      const moog = yield* moogStandIn()
      yield* deliver(moog, event("a"))
      yield* moog.forget
      yield* deliver(moog, event("a"))
      const { count, events, repeats } = yield* moog.received()
      assert.deepStrictEqual([count, repeats, events[0]?.n], [1, 0, 1])
    }))
})
