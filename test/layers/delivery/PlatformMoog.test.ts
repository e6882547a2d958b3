import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Metric, Ref } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { Platform } from "../../../layers/delivery/Platform.ts"
import { PlatformMoog } from "../../../layers/delivery/PlatformMoog.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretsLayer.ts"
import { makeSecretStoreMemory } from "../../../layers/secret/SecretStoreMemory.ts"
import { alertOf } from "./alerts.ts"

type Answer = (request: HttpClientRequest.HttpClientRequest) => Effect.Effect<Response, HttpClientError.HttpClientError>

/** The adapter over a platform that answers as told, and the requests that platform saw. */
const setUp = (answer: Answer, secrets: Record<string, string> = { MOOG_API_KEY: "the-key" }) =>
  Effect.gen(function*() {
    const seen = yield* Ref.make<ReadonlyArray<HttpClientRequest.HttpClientRequest>>([])
    const store = yield* makeSecretStoreMemory(secrets)
    const client = HttpClient.make((request) =>
      Ref.update(seen, (all) => [...all, request]).pipe(
        Effect.andThen(answer(request)),
        Effect.map((response) => HttpClientResponse.fromWeb(request, response))
      )
    )
    const context = yield* Layer.build(
      PlatformMoog({
        url: new URL("https://moog.example.com/events?token=hidden"),
        timeoutMs: 10_000,
        version: "3.0.0"
      }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
        Layer.provide(SecretsFromStore.pipe(Layer.provide(store.layer)))
      )
    )
    const deliver = Platform.use((platform) => platform.deliver(alertOf("a-1"))).pipe(Effect.provide(context))
    return {
      deliver,
      store,
      keys: Effect.map(Ref.get(seen), (all) => all.map((request) => request.headers["authorization"])),
      seen: Ref.get(seen)
    }
  })

const status = (code: number, init: { body?: string; headers?: Record<string, string> } = {}): Answer => () =>
  Effect.succeed(
    new Response(code === 204 || code === 205 || code === 304 ? null : init.body ?? "", {
      status: code,
      headers: init.headers ?? {}
    })
  )

const keyed = (good: string): Answer => (request) =>
  status(request.headers["authorization"] === `Bearer ${good}` ? 200 : 401)(request)

describe("Moogsoft's answers", () => {
  it.effect.each([200, 201, 202, 204, 205, 226])("HTTP %i is a delivery", (code) =>
    Effect.gen(function*() {
      const { deliver } = yield* setUp(status(code))
      assert.deepStrictEqual(yield* deliver, { _tag: "delivered", status: code })
    }))

  it.effect.each([408, 425, 500, 501, 502, 503, 504, 599])("HTTP %i is tried again", (code) =>
    Effect.gen(function*() {
      const { deliver } = yield* setUp(status(code, { body: "try\n later", headers: { "retry-after": "7" } }))
      const detail = `HTTP ${code}: try later`
      assert.deepStrictEqual(yield* deliver, { _tag: "retry", reason: "http", detail, retryAfterMs: 7_000 })
    }))

  it.effect("HTTP 429 asks for patience and is told apart", () =>
    Effect.gen(function*() {
      const { deliver } = yield* setUp(status(429, { headers: { "retry-after": "Thu, 01 Jan 1970 00:00:30 GMT" } }))
      const expected = {
        _tag: "retry" as const,
        reason: "rate_limit" as const,
        detail: "HTTP 429",
        retryAfterMs: 30_000
      }
      assert.deepStrictEqual(yield* deliver, expected)
    }))

  it.effect.each([300, 301, 302, 304, 307, 308, 400, 402, 404, 405, 409, 413, 415, 422, 451])(
    "HTTP %i is final",
    (code) =>
      Effect.gen(function*() {
        const { deliver, seen } = yield* setUp(
          status(code, { headers: { location: "https://elsewhere.example.com/" } })
        )
        assert.deepStrictEqual(yield* deliver, { _tag: "rejected", reason: "http", detail: `HTTP ${code}` })
        assert.lengthOf(yield* seen, 1)
      })
  )

  it.effect("no answer in time is tried again", () =>
    Effect.gen(function*() {
      const { deliver } = yield* setUp(() => Effect.never)
      const fiber = yield* Effect.forkChild(deliver)
      yield* TestClock.adjust("10 seconds")
      const expected = {
        _tag: "retry" as const,
        reason: "timeout" as const,
        detail: "no answer within 10000 ms",
        retryAfterMs: undefined
      }
      assert.deepStrictEqual(yield* Fiber.join(fiber), expected)
    }))

  it.effect("an answer whose body never ends is judged by its status", () =>
    Effect.gen(function*() {
      const endless = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new Uint8Array([111, 107]))
      })
      const { deliver } = yield* setUp(() => Effect.succeed(new Response(endless, { status: 202 })))
      const fiber = yield* Effect.forkChild(deliver)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Fiber.join(fiber), { _tag: "delivered", status: 202 })
    }))

  it.effect("a broken connection is tried again", () =>
    Effect.gen(function*() {
      const { deliver } = yield* setUp((request) => {
        const cause = new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ECONNRESET" }) })
        return Effect.fail(
          new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
        )
      })
      const expected = {
        _tag: "retry" as const,
        reason: "connection" as const,
        detail: "ECONNRESET",
        retryAfterMs: undefined
      }
      assert.deepStrictEqual(yield* deliver, expected)
    }))
})

describe("Moogsoft's key", () => {
  it.effect("is sent as a bearer token, and nowhere else", () =>
    Effect.gen(function*() {
      const { deliver, seen } = yield* setUp(status(200))
      yield* deliver
      const [request] = yield* seen
      assert.strictEqual(request?.headers["authorization"], "Bearer the-key")
      assert.strictEqual(request?.headers["content-type"], "application/json")
      const body = request?.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
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
      const { deliver } = yield* setUp(status(400, { body }))
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
