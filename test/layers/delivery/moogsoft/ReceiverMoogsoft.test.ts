import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Metric, Ref } from "effect"
import { TestClock } from "effect/testing"
import { type Answer, HttpTransport, NoAnswer, type Posting } from "../../../../layers/delivery/HttpTransport.ts"
import { ReceiverMoogsoft } from "../../../../layers/delivery/moogsoft/ReceiverMoogsoft.ts"
import { Receiver } from "../../../../layers/delivery/Receiver.ts"
import { SecretsFromStore } from "../../../../layers/secret/SecretLayer.ts"
import { CurrentSpan } from "../../../../layers/telemetry/Tracing.ts"
import { makeSecretStoreMemory } from "../../secret/SecretStoreMemory.ts"
import { alertOf } from "../alerts.ts"

type Behaviour = (posting: Posting) => Effect.Effect<Answer, NoAnswer>

/** The adapter over a platform that answers as told, and the requests that platform saw. */
const setUp = (answer: Behaviour, secrets: Record<string, string> = { MOOG_API_KEY: "the-key" }) =>
  Effect.gen(function*() {
    const seen = yield* Ref.make<ReadonlyArray<Posting>>([])
    const store = yield* makeSecretStoreMemory(secrets)
    const sender = HttpTransport.of({
      post: (posting) => Effect.andThen(Ref.update(seen, (all) => [...all, posting]), answer(posting))
    })
    const context = yield* Layer.build(
      ReceiverMoogsoft({
        url: new URL("https://moog.example.com/events?token=hidden"),
        timeoutMs: 10_000,
        version: "3.0.0"
      }).pipe(
        Layer.provide(Layer.succeed(HttpTransport, sender)),
        Layer.provide(SecretsFromStore.pipe(Layer.provide(store.layer)))
      )
    )
    const deliver = Receiver.use((platform) => platform.deliver(alertOf("a-1"))).pipe(Effect.provide(context))
    return {
      deliver,
      store,
      keys: Effect.map(Ref.get(seen), (all) => all.map(({ headers }) => headers["authorization"])),
      seen: Ref.get(seen)
    }
  })

const status = (code: number, more: Partial<Answer> = {}): Behaviour => () =>
  Effect.succeed({
    status: code,
    retryAfter: undefined,
    contentType: undefined,
    start: "",
    end: "whole" as const,
    ...more
  })

const keyed = (good: string): Behaviour => (posting) =>
  status(posting.headers["authorization"] === `Bearer ${good}` ? 200 : 401)(posting)

describe("a delivery whose trace is told", () => {
  it.effect("tells the platform where it stands, and its span the platform's host, but no path", () =>
    Effect.gen(function*() {
      const { deliver, seen } = yield* setUp(status(200))
      const said: Array<object> = []
      const span = { traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: true }
      yield* Effect.provideService(deliver, CurrentSpan, { ...span, annotate: (more) => void said.push(more) })
      yield* deliver
      assert.deepStrictEqual((yield* seen).map(({ headers }) => headers["traceparent"]), [
        `00-${span.traceId}-${span.spanId}-01`,
        undefined
      ])
      assert.deepStrictEqual(Object.assign({}, ...said), {
        "http.request.method": "POST",
        "url.scheme": "https",
        "server.address": "moog.example.com",
        "server.port": 443,
        "http.response.status_code": 200
      })
    }))
})

describe("Moogsoft's answers", () => {
  it.effect.each([200, 201, 202, 204, 205, 226])("HTTP %i is a delivery", (code) =>
    Effect.gen(function*() {
      const { deliver } = yield* setUp(status(code))
      assert.deepStrictEqual(yield* deliver, { _tag: "delivered", status: code })
    }))

  it.effect.each([408, 425, 500, 501, 502, 503, 504, 599])("HTTP %i is tried again", (code) =>
    Effect.gen(function*() {
      const { deliver } = yield* setUp(status(code, { start: "try\n later", retryAfter: "7" }))
      const detail = `HTTP ${code}: try later`
      assert.deepStrictEqual(yield* deliver, { _tag: "retry", reason: "http", detail, retryAfterMs: 7_000 })
    }))

  it.effect("HTTP 429 asks for patience and is told apart", () =>
    Effect.gen(function*() {
      const { deliver } = yield* setUp(status(429, { retryAfter: "Thu, 01 Jan 1970 00:00:30 GMT" }))
      const expected = {
        _tag: "retry" as const,
        reason: "rate_limit" as const,
        detail: "HTTP 429",
        retryAfterMs: 30_000
      }
      assert.deepStrictEqual(yield* deliver, expected)
    }))

  it.effect.each([300, 301, 302, 304, 307, 308, 402, 404, 405, 406, 407, 410, 415, 421, 426, 451])(
    "HTTP %i comes from something else at the platform's address, and is tried again",
    (code) =>
      Effect.gen(function*() {
        const { deliver } = yield* setUp(status(code, { start: "no such page" }))
        assert.deepStrictEqual(yield* deliver, {
          _tag: "retry",
          reason: "gateway",
          detail: `HTTP ${code}: no such page`,
          retryAfterMs: undefined
        })
      })
  )

  it.effect.each<[number, string | undefined, string]>([
    [200, "text/html; charset=utf-8", "<title>Sign in</title>"],
    [200, undefined, "\n<!DOCTYPE html><title>Sign in</title>"],
    [401, "text/html", "<html>"],
    [400, "application/xhtml+xml", "<?xml?>"],
    [200, "application/json", "\u0000\u0001garbage"]
  ])(
    "HTTP %i of type %s that says %j is a page of something else, and is tried again",
    ([code, contentType, start]) =>
      Effect.gen(function*() {
        const { deliver } = yield* setUp(status(code, { contentType, start }))
        assert.deepInclude(yield* deliver, { _tag: "retry", reason: "gateway" })
      })
  )

  it.effect.each<[number, Partial<Answer>, "connection" | "http" | "gateway"]>([
    [200, { end: "cut", start: "{\"status\": " }, "connection"],
    [422, { end: "cut", start: "{\"error\": " }, "connection"],
    [503, { end: "cut", start: "{" }, "http"],
    [200, { end: "open", start: "" }, "gateway"],
    [200, { end: "open", start: " <!doc" }, "gateway"],
    [400, { end: "open", start: "" }, "gateway"],
    [200, { start: "\u0016\u0003\u0001" }, "gateway"]
  ])(
    "HTTP %i of which this is read, %j, says nothing of the alert: %s",
    ([code, read, reason]) =>
      Effect.gen(function*() {
        const { deliver } = yield* setUp(status(code, read))
        assert.deepInclude(yield* deliver, { _tag: "retry", reason })
      })
  )

  it.effect("an answer that begins as it should and does not end is taken as it begins", () =>
    Effect.gen(function*() {
      const { deliver } = yield* setUp(status(202, { end: "open", start: "ok" }))
      assert.deepStrictEqual(yield* deliver, { _tag: "delivered", status: 202 })
    }))

  it.effect.each<[string | undefined, string]>([
    ["application/json", "{\"ok\":true}"],
    ["application/json", ""],
    ["text/plain", "OK"],
    [undefined, "accepted"],
    ["text/plain", "accept\ufffd\r\n"]
  ])("HTTP 200 of type %s that says %j is delivered", ([contentType, start]) =>
    Effect.gen(function*() {
      const { deliver } = yield* setUp(status(200, { contentType, start }))
      assert.deepStrictEqual(yield* deliver, { _tag: "delivered", status: 200 })
    }))

  it.effect.each([400, 409, 413, 422])(
    "HTTP %i is about this alert, and final",
    (code) =>
      Effect.gen(function*() {
        const { deliver, seen } = yield* setUp(status(code))
        assert.deepStrictEqual(yield* deliver, { _tag: "rejected", reason: "http", detail: `HTTP ${code}` })
        assert.lengthOf(yield* seen, 1)
      })
  )

  it.effect("no answer in time is tried again", () =>
    Effect.gen(function*() {
      const { deliver } = yield* setUp(({ timeoutMs }) => new NoAnswer({ reason: "timeout", detail: `${timeoutMs}` }))
      const expected = {
        _tag: "retry" as const,
        reason: "timeout" as const,
        detail: "no answer within 10000 ms",
        retryAfterMs: undefined
      }
      assert.deepStrictEqual(yield* deliver, expected)
    }))

  it.effect("a broken connection is tried again", () =>
    Effect.gen(function*() {
      const { deliver } = yield* setUp(() => new NoAnswer({ reason: "connection", detail: "ECONNRESET" }))
      const expected = {
        _tag: "retry" as const,
        reason: "connection" as const,
        detail: "ECONNRESET",
        retryAfterMs: undefined
      }
      assert.deepStrictEqual(yield* deliver, expected)
    }))

  it.effect("both keys of an alert share its time", () =>
    Effect.gen(function*() {
      const slow: Behaviour = (posting) => Effect.andThen(TestClock.adjust("3 seconds"), keyed("new")(posting))
      const { deliver, seen } = yield* setUp(slow, { MOOG_API_KEY_CURRENT: "old", MOOG_API_KEY_NEXT: "new" })
      assert.deepStrictEqual(yield* deliver, { _tag: "delivered", status: 200 })
      assert.deepStrictEqual((yield* seen).map(({ timeoutMs }) => timeoutMs), [10_000, 7_000])
    }))
})

describe("Moogsoft's key", () => {
  it.effect("is sent as a bearer token, and nowhere else", () =>
    Effect.gen(function*() {
      const { deliver, seen } = yield* setUp(status(200))
      yield* deliver
      const [{ body, headers } = { body: "", headers: {} }] = yield* seen
      assert.deepInclude(headers, { authorization: "Bearer the-key", "content-type": "application/json" })
      assert.strictEqual(JSON.parse(body).external_id, "a-1")
      assert.notInclude(body, "the-key")
    }))

  it.effect("gives way to NEXT when it is refused, which is then preferred", () =>
    Effect.gen(function*() {
      const { deliver, keys } = yield* setUp(keyed("new"), { MOOG_API_KEY_CURRENT: "old", MOOG_API_KEY_NEXT: "new" })
      assert.deepStrictEqual(yield* deliver, { _tag: "delivered", status: 200 })
      assert.deepStrictEqual(yield* deliver, { _tag: "delivered", status: 200 })
      assert.deepStrictEqual(yield* keys, ["Bearer old", "Bearer new", "Bearer new"])
    }))

  it.effect("does not change for an outage", () =>
    Effect.gen(function*() {
      const { deliver, keys } = yield* setUp(status(503), { MOOG_API_KEY_CURRENT: "old", MOOG_API_KEY_NEXT: "new" })
      yield* deliver
      yield* deliver
      assert.deepStrictEqual(yield* keys, ["Bearer old", "Bearer old"])
    }))

  it.effect("refused in both slots is told without the values, and heals when the store is corrected", () =>
    Effect.gen(function*() {
      const { deliver, store } = yield* setUp(keyed("right"), { MOOG_API_KEY_CURRENT: "old", MOOG_API_KEY_NEXT: "new" })
      const result = yield* deliver
      assert.isTrue(result._tag === "retry" && result.reason === "refused_key")
      assert.match(JSON.stringify(result), /CURRENT [0-9a-f]{8} \(HTTP 401\), NEXT [0-9a-f]{8} \(HTTP 401\)/)
      yield* store.setSilently({ MOOG_API_KEY: "right" })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* deliver, { _tag: "delivered", status: 200 })
    }))

  it.effect("that is missing is a refused key, and nothing is sent", () =>
    Effect.gen(function*() {
      const { deliver, seen } = yield* setUp(status(200), {})
      const expected = {
        _tag: "retry" as const,
        reason: "refused_key" as const,
        detail: "MOOG_API_KEY is not set",
        retryAfterMs: undefined
      }
      assert.deepStrictEqual(yield* deliver, expected)
      assert.lengthOf(yield* seen, 0)
    }))

  it.effect("never comes back in what is told, nor does a URL, nor more than a little of the answer", () =>
    Effect.gen(function*() {
      const body = `bad the-key at https://moog.example.com/events?token=hidden ${"x".repeat(10_000)}`
      const { deliver } = yield* setUp(status(400, { start: body }))
      const result = yield* deliver
      const detail = result._tag === "rejected" ? result.detail : ""
      assert.isTrue(detail.startsWith("HTTP 400: bad <redacted> at https://moog.example.com/events xxx"))
      assert.isBelow(detail.length, 220)
    }))
})

it.effect("every request is counted by status and reason", () =>
  Effect.gen(function*() {
    const { deliver } = yield* setUp(keyed("new"), { MOOG_API_KEY_CURRENT: "old", MOOG_API_KEY_NEXT: "new" })
    yield* deliver
    const counts = (yield* Metric.snapshot)
      .filter(({ id }) => id === "mutt_moog_requests_total")
      .map((
        { attributes, state }
      ) => [attributes?.["status"], attributes?.["reason"], "count" in state ? Number(state.count) : 0])
    assert.sameDeepMembers(counts, [["fail", "refused_key", 1], ["success", "", 1]])
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))
