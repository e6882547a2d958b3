import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Logger, Metric, Option, Redacted, References, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { defaultFailureLimits } from "../../../layers/environment/authSettings.ts"
import { Authentication, type RequestHeaders } from "../../../layers/http/Authentication.ts"
import { AuthenticationLayer } from "../../../layers/http/AuthenticationLayer.ts"
import { authFailuresTotal } from "../../../layers/http/metrics.ts"
import type { ApiKey } from "../../../layers/secret/Secrets.ts"
import { parseRanges } from "../../../src/logic/addresses.ts"
import { keys, secretsOf, staticOf } from "./harness.ts"

const withKeys = <A, E>(
  start: ReadonlyArray<ApiKey>,
  use: (
    authentication: Authentication["Service"],
    ref: SubscriptionRef.SubscriptionRef<ReadonlyArray<ApiKey>>
  ) => Effect.Effect<A, E>
) =>
  Effect.gen(function*() {
    const ref = yield* SubscriptionRef.make(start)
    return yield* Authentication.use((authentication) => use(authentication, ref)).pipe(
      Effect.provide(
        AuthenticationLayer.pipe(Layer.provide([secretsOf(ref), staticOf("ingestor", defaultFailureLimits)]))
      )
    )
  })

const key = (name: string, value: string, from?: string): ApiKey => {
  const ranges = from === undefined ? undefined : parseRanges(from)
  return {
    caller: { name, role: "ingest" },
    value: Redacted.make(value),
    from: typeof ranges === "string" ? [] : ranges
  }
}

const here = "192.0.2.1"
const sent = (headers: RequestHeaders, address = here) => ({ headers, peerAddress: Option.some(address) })
const named = (authentication: Authentication["Service"], headers: RequestHeaders) =>
  authentication.known(headers, here)

/** What becomes of a request: the caller's name, or the error and how long to wait. */
const outcome = (authentication: Authentication["Service"], value: string, address?: string) =>
  Effect.match(authentication.identify(sent({ "x-api-key": value }, address)), {
    onSuccess: ({ name }) => name,
    onFailure: (error) => error._tag === "KeyRefused" ? 401 : [429, error.retryAfterSeconds] as const
  })

describe("keys", () => {
  it.effect("say who is calling, from either header", () =>
    withKeys(keys, (authentication) =>
      Effect.sync(() => {
        assert.deepStrictEqual(named(authentication, { "x-api-key": "viewer-key-of-tests" }), {
          name: "wall",
          role: "viewer"
        })
        assert.strictEqual(named(authentication, { authorization: "Bearer admin-key-of-tests" })?.name, "root")
        assert.strictEqual(named(authentication, { authorization: "bearer admin-key-of-tests" })?.name, "root")
        assert.strictEqual(named(authentication, { authorization: "Basic admin-key-of-tests" }), undefined)
        assert.strictEqual(named(authentication, {}), undefined)
      })))

  it.effect("of any shape are refused unless they are known", () =>
    withKeys([...keys, key("empty", "")], (authentication) =>
      Effect.sync(() => {
        for (
          const wrong of [
            "",
            " ",
            "schlüssel",
            "\u{1f511}",
            "\ud800",
            "viewer-key-of-tests, viewer-key-of-tests",
            "x".repeat(16_000)
          ]
        ) {
          assert.strictEqual(named(authentication, { "x-api-key": wrong }), undefined, wrong.slice(0, 20))
        }
      })))

  it.effect("are good in both slots, and known or gone as soon as the store says so", () =>
    withKeys([key("old", "current"), key("old", "next")], (authentication, ref) =>
      Effect.gen(function*() {
        const holder = (value: string) => named(authentication, { "x-api-key": value })?.name
        assert.deepStrictEqual([holder("current"), holder("next"), holder("newer")], ["old", "old", undefined])
        yield* SubscriptionRef.set(ref, [key("old", "next"), key("old", "newer")])
        yield* Effect.yieldNow.pipe(Effect.repeat({ until: () => holder("newer") !== undefined }))
        assert.deepStrictEqual([holder("current"), holder("next"), holder("newer")], [undefined, "old", "old"])
      })))

  it.effect("do what their role may, and nothing more", () =>
    withKeys(keys, (authentication) =>
      Effect.gen(function*() {
        const may = (value: string, role: "ingest" | "viewer" | "operator" | "admin") =>
          Effect.map(Effect.result(authentication.require(sent({ "x-api-key": value }), role)), ({ _tag }) =>
            _tag === "Success")
        const table = yield* Effect.forEach(
          ["ingest-key-of-tests", "viewer-key-of-tests", "operator-key-of-tests", "admin-key-of-tests"],
          (value) =>
            Effect.all([may(value, "ingest"), may(value, "viewer"), may(value, "operator"), may(value, "admin")])
        )
        assert.deepStrictEqual(table, [
          [true, false, false, false],
          [false, true, false, false],
          [false, true, true, false],
          [true, true, true, true]
        ])
        const refused = yield* Effect.flip(
          authentication.require(sent({ "x-api-key": "viewer-key-of-tests" }), "admin")
        )
        assert.deepInclude({ ...refused }, { caller: "wall", needs: "admin" })
        assert.strictEqual((yield* Effect.flip(authentication.require(sent({}), "viewer")))._tag, "KeyRefused")
      })))
})

describe("a key whose role may not do this", () => {
  it.effect("is counted as a failure of its role each time, and said once", () =>
    Effect.gen(function*() {
      const lines: Array<unknown> = []
      const count = Metric.value(Metric.withAttributes(authFailuresTotal, { reason: "role" })).pipe(
        Effect.map(({ count }) => count)
      )
      yield* withKeys(keys, (authentication) =>
        Effect.gen(function*() {
          const before = yield* count
          const viewer = sent({ "x-api-key": "viewer-key-of-tests" })
          yield* Effect.flip(authentication.require(viewer, "ingest"))
          yield* Effect.flip(authentication.require(viewer, "admin"))
          yield* authentication.require(viewer, "viewer")
          assert.strictEqual(yield* count, before + 2)
        })).pipe(Effect.provide(Logger.layer([Logger.make(({ message }) => void lines.push(message))])))
      assert.deepStrictEqual(lines.flat(), ["Requests are refused for the role of their key."])
    }))
})

describe("guessing", () => {
  const many = (authentication: Authentication["Service"], count: number, address?: string) =>
    Effect.forEach(Array.from({ length: count }), (_, index) => outcome(authentication, `guess ${index}`, address))

  it.effect("is answered 429 once an address has no free failures left, with a wait that grows to a cap", () =>
    withKeys(keys, (authentication) =>
      Effect.gen(function*() {
        assert.isTrue((yield* many(authentication, 20)).every((one) => one === 401))
        assert.deepStrictEqual(yield* many(authentication, 3), [[429, 3], [429, 6], [429, 9]])
        const last = (yield* many(authentication, 1_000)).at(-1)
        assert.deepStrictEqual(last, [429, 300])
        yield* TestClock.adjust("6 minutes")
        assert.isTrue((yield* many(authentication, 20)).every((one) => one === 401))
      })))

  it.effect("is not what a request without any key does", () =>
    withKeys(keys, (authentication) =>
      Effect.gen(function*() {
        const found = yield* Effect.forEach(Array.from({ length: 100 }), () => outcome(authentication, ""))
        assert.isTrue(found.every((one) => one === 401))
      })))

  it.effect("never keeps out a good key from the same address, nor a wrong one from another", () =>
    withKeys(keys, (authentication) =>
      Effect.gen(function*() {
        yield* many(authentication, 1_000)
        assert.strictEqual(yield* outcome(authentication, "admin-key-of-tests"), "root")
        assert.strictEqual(named(authentication, { "x-api-key": "admin-key-of-tests" })?.name, "root")
        assert.strictEqual(yield* outcome(authentication, "wrong", "192.0.2.2"), 401)
        assert.strictEqual(yield* outcome(authentication, "wrong", "2001:db8::1"), 401)
      })))

  it.effect("from all of an IPv6 /64, and from an IPv4 address in both its spellings, is one peer's", () =>
    withKeys(keys, (authentication) =>
      Effect.gen(function*() {
        const addresses = Array.from({ length: 25 }, (_, index) => `2001:db8::${index.toString(16)}`)
        const found = yield* Effect.forEach(addresses, (address) => outcome(authentication, "wrong", address))
        assert.lengthOf(found.filter((one) => one !== 401), 5)
        yield* many(authentication, 20, "::ffff:192.0.2.7")
        assert.notStrictEqual(yield* outcome(authentication, "wrong", "192.0.2.7"), 401)
      })))

  it.effect("makes a line when it begins and one a minute with the count, and never shows what was tried", () =>
    Effect.gen(function*() {
      const lines: Array<string> = []
      const log = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
      yield* withKeys(keys, (authentication) =>
        Effect.gen(function*() {
          yield* many(authentication, 500)
          yield* many(authentication, 1, "2001:db8::1")
          assert.lengthOf(lines, 2)
          yield* TestClock.adjust("1 minute")
          assert.lengthOf(lines, 3)
          assert.match(lines[2] ?? "", /"peer":"192\.0\.2\.1","count":499/)
          yield* TestClock.adjust("10 minutes")
          assert.lengthOf(lines, 3)
          yield* many(authentication, 1)
          assert.lengthOf(lines, 4)
          yield* Effect.forEach(Array.from({ length: 1_000 }), (_, index) =>
            outcome(authentication, "guess", `10.0.${index >> 8}.${index & 255}`))
          assert.isBelow(lines.length, 110)
          yield* TestClock.adjust("1 minute")
          assert.match(lines.at(-1) ?? "", /"peer":"others","count":90\d/)
        })).pipe(Effect.provide(log), Effect.provideService(References.MinimumLogLevel, "Info"))
      assert.notInclude(lines.join(), "guess")
    }))
})

describe("a key with addresses", () => {
  it.effect("is good from these alone; elsewhere it is refused like one that nobody has", () =>
    withKeys(
      [key("dc", "limited-to-places", "10.0.0.0/8, 2001:db8::/32"), ...keys],
      (authentication) =>
        Effect.gen(function*() {
          const from = (address: string) => outcome(authentication, "limited-to-places", address)
          for (const address of ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::7", "2001:db8::7%eth0"]) {
            assert.strictEqual(yield* from(address), "dc", address)
            assert.strictEqual(authentication.known({ "x-api-key": "limited-to-places" }, address)?.name, "dc")
          }
          for (const address of ["11.0.0.1", "2001:db9::1", "unknown", ""]) {
            assert.strictEqual(yield* from(address), 401, address)
            assert.isUndefined(authentication.known({ "x-api-key": "limited-to-places" }, address))
          }
          assert.isUndefined(authentication.known({ "x-api-key": "limited-to-places" }, undefined))
          assert.isUndefined(
            authentication.known({ "x-api-key": "limited-to-places", "x-forwarded-for": "10.1.2.3" }, "11.0.0.1")
          )
        })
    ))
})

describe("what outlives its request's beginning", () => {
  it.effect("ends when its key is gone, may less, or is not good from there any more, and not before", () =>
    Effect.gen(function*() {
      const changes: ReadonlyArray<ReadonlyArray<ApiKey>> = [
        [],
        [key("other", "a-key-of-somebody")],
        [{ ...key("somebody", "a-key-of-somebody"), caller: { name: "somebody", role: "viewer" } }],
        [key("somebody", "a-key-of-somebody", "10.0.0.0/8")]
      ]
      for (const changed of changes) {
        const start = [key("somebody", "a-key-of-somebody")]
        yield* withKeys(start, (authentication, ref) =>
          Effect.gen(function*() {
            const request = sent({ "x-api-key": "a-key-of-somebody" })
            const caller = yield* Effect.orDie(authentication.identify(request))
            const fiber = yield* Effect.forkChild(authentication.untilGone(request, caller))
            yield* SubscriptionRef.set(ref, [...start, key("new", "another-long-key-of-tests")])
            yield* TestClock.adjust("1 second")
            assert.isUndefined(fiber.pollUnsafe())
            yield* SubscriptionRef.set(ref, changed)
            yield* Fiber.join(fiber)
          }))
      }
    }))
})
