import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Logger, Redacted, Ref, Stream } from "effect"
import { TestClock } from "effect/testing"
import { withCredentialFallback } from "../../../layers/secret/credentialFallback.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { Secrets } from "../../../layers/secret/Secrets.ts"
import { SecretStoreUnavailable } from "../../../layers/secret/SecretStore.ts"
import type { CredentialVersion } from "../../../src/domain/Credential.ts"
import { makeSecretStoreMemory } from "./SecretStoreMemory.ts"

const start = (values: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    const store = yield* makeSecretStoreMemory(values)
    const context = yield* Layer.build(SecretsFromStore.pipe(Layer.provide(store.layer)))
    const secrets = yield* Effect.provide(Secrets, context)
    return { store, secrets }
  })

/** As long as a key must be. */
const longKey = (text: string) => text.padEnd(16, "-")

const words = (candidates: ReadonlyArray<CredentialVersion>) =>
  candidates.map(({ slot, value }) => `${slot}=${Redacted.value(value)}`).join(" ")

const down = new SecretStoreUnavailable({ store: "test", detail: "away" })

describe("Secrets", () => {
  it.effect("tries CURRENT, then NEXT; a plain name stands for CURRENT", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start({
        DB_PASS_CURRENT: "a",
        DB_PASS_NEXT: "b",
        DB_PASS: "old",
        REDIS_PASS: "c",
        MOOG_API_KEY_NEXT: "d"
      })
      assert.strictEqual(words(yield* secrets.candidates("DB_PASS")), "CURRENT=a NEXT=b")
      assert.strictEqual(words(yield* secrets.candidates("REDIS_PASS")), "CURRENT=c")
      assert.strictEqual(words(yield* secrets.candidates("MOOG_API_KEY")), "NEXT=d")
      const error = yield* Effect.flip(secrets.candidates("NIX"))
      assert.strictEqual(error._tag, "SecretMissing")
    }))

  it.effect("does not try the same value twice", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start({ DB_PASS_CURRENT: "a", DB_PASS_NEXT: "a" })
      assert.strictEqual(words(yield* secrets.candidates("DB_PASS")), "CURRENT=a")
    }))

  it.effect("keeps to the value that worked, also when it moves from NEXT to CURRENT", () =>
    Effect.gen(function*() {
      const { secrets, store } = yield* start({ DB_PASS_CURRENT: "a", DB_PASS_NEXT: "b" })
      const [, next] = yield* secrets.candidates("DB_PASS")
      yield* secrets.worked("DB_PASS", next!)
      assert.strictEqual(words(yield* secrets.candidates("DB_PASS")), "NEXT=b CURRENT=a")
      yield* store.set({ DB_PASS_CURRENT: "b", DB_PASS_NEXT: "c" })
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(words(yield* secrets.candidates("DB_PASS")), "CURRENT=b NEXT=c")
      yield* store.set({ DB_PASS_CURRENT: "x", DB_PASS_NEXT: "y" })
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(words(yield* secrets.candidates("DB_PASS")), "CURRENT=x NEXT=y")
    }))

  it.effect("sees a change within 6 seconds though nobody announces it", () =>
    Effect.gen(function*() {
      const { secrets, store } = yield* start({ DB_PASS_CURRENT: "a" })
      yield* store.setSilently({ DB_PASS_CURRENT: "a", DB_PASS_NEXT: "b" })
      assert.strictEqual((yield* secrets.get("DB_PASS")).generation, 1)
      yield* TestClock.adjust("6 seconds")
      assert.strictEqual(words(yield* secrets.candidates("DB_PASS")), "CURRENT=a NEXT=b")
      assert.strictEqual((yield* secrets.get("DB_PASS")).generation, 2)
    }))

  it.effect("reads again at once after a refusal, one read for many refusals, at most one a second", () =>
    Effect.gen(function*() {
      const { secrets, store } = yield* start({ DB_PASS_CURRENT: "a" })
      yield* TestClock.adjust("1 second")
      yield* store.setSilently({ DB_PASS_CURRENT: "b" })
      const [candidate] = yield* secrets.candidates("DB_PASS")
      yield* Effect.forEach(Array.from({ length: 50 }), () => secrets.refused("DB_PASS", candidate!), {
        concurrency: 50
      })
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* store.reads, 2)
      assert.strictEqual(words(yield* secrets.candidates("DB_PASS")), "CURRENT=b")
      yield* Effect.forEach(Array.from({ length: 50 }), () => secrets.refused("DB_PASS", candidate!))
      yield* TestClock.adjust("500 millis")
      assert.strictEqual(yield* store.reads, 2)
      yield* TestClock.adjust("500 millis")
      assert.strictEqual(yield* store.reads, 3)
    }))

  it.effect("keeps what it has while the store is down, and says so", () =>
    Effect.gen(function*() {
      const { secrets, store } = yield* start({ DB_PASS_CURRENT: "a" })
      yield* store.fail(down)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(words(yield* secrets.candidates("DB_PASS")), "CURRENT=a")
      const status = yield* secrets.status
      assert.isTrue(status.stale)
      assert.isAtLeast(status.ageMs, 10_000)
      yield* store.fail(undefined)
      yield* TestClock.adjust("6 seconds")
      assert.isFalse((yield* secrets.status).stale)
    }))

  it.effect("refuses a value that cannot be used, says which and why, and goes on with what it had", () =>
    Effect.gen(function*() {
      const good = { DB_USER: "u", DB_PASS_CURRENT: "a", ADMIN_API_KEY: longKey("k") }
      const { secrets, store } = yield* start(good)
      const lines: Array<string> = []
      const log = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
      const bad: ReadonlyArray<readonly [string, string, RegExp]> = [
        ["DB_PASS_CURRENT", "canary\0", /holds a NUL/],
        ["DB_PASS_CURRENT", "canary".repeat(700), /longer than 4096/],
        ["DB_PASS_CURRENT", "canary\ud800", /well-formed/],
        ["DB_PASS_CURRENT", "canar\u00ff\ufb01", /SASLprep/],
        ["ADMIN_API_KEY", "canary\r\nX: y-and-more", /HTTP header/],
        ["ADMIN_API_KEY", "canary-15-chars", /shorter than 16/],
        ["ARCHIVE_S3_KEY", "canary-of-one-half", /a colon and its secret/]
      ]
      yield* Effect.gen(function*() {
        const { secrets, store } = yield* start(good)
        for (const [name, value, problem] of bad) {
          yield* store.set({ ...good, [name]: value, DB_PASS_NEXT: "b" })
          yield* TestClock.adjust("2 seconds")
          assert.strictEqual(words(yield* secrets.candidates("DB_PASS")), "CURRENT=a NEXT=b")
          assert.deepStrictEqual((yield* secrets.apiKeys).map((key) => Redacted.value(key.value)), [longKey("k")])
          assert.isTrue((yield* secrets.status).stale)
          const said = lines.findLast((line) => line.includes("cannot be used")) ?? ""
          assert.match(said, problem)
          assert.include(said, name)
        }
        yield* TestClock.adjust("30 seconds")
        assert.lengthOf(lines.filter((line) => line.includes("cannot be used")), bad.length)
        yield* store.set(good)
        yield* TestClock.adjust("2 seconds")
        assert.isFalse((yield* secrets.status).stale)
      }).pipe(Effect.provide(log))
      assert.notInclude(lines.join(""), "canary")
      yield* store.set({ ...good, REDIS_PASS: "x\0" })
      yield* TestClock.adjust("2 seconds")
      const error = yield* Effect.flip(secrets.get("REDIS_PASS"))
      assert.strictEqual(
        error.message,
        "The secret REDIS_PASS in the store (env) cannot be used: it holds a NUL."
      )
    }))

  it.effect("keeps a password that is gone from the store, and drops a caller's key that is", () =>
    Effect.gen(function*() {
      const { secrets, store } = yield* start({ DB_USER: "u", DB_PASS: "a", ADMIN_API_KEY: longKey("k") })
      yield* store.set({})
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(words(yield* secrets.candidates("DB_PASS")), "CURRENT=a")
      assert.strictEqual(Redacted.value(yield* secrets.text("DB_USER")), "u")
      assert.deepStrictEqual(yield* secrets.apiKeys, [])
      assert.isTrue((yield* secrets.status).stale)
      yield* store.set({ DB_USER: "u", DB_PASS_CURRENT: "b" })
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(words(yield* secrets.candidates("DB_PASS")), "CURRENT=b")
      assert.isFalse((yield* secrets.status).stale)
    }))

  it.effect("starts while the store is down and heals", () =>
    Effect.gen(function*() {
      const store = yield* makeSecretStoreMemory({ DB_PASS: "a" })
      yield* store.fail(down)
      const context = yield* Layer.build(SecretsFromStore.pipe(Layer.provide(store.layer)))
      const secrets = yield* Effect.provide(Secrets, context)
      assert.strictEqual((yield* Effect.flip(secrets.get("DB_PASS")))._tag, "SecretMissing")
      yield* store.fail(undefined)
      yield* TestClock.adjust("6 seconds")
      assert.strictEqual(words(yield* secrets.candidates("DB_PASS")), "CURRENT=a")
    }))

  it.effect("lists API keys with their callers, both slots, and none that is empty", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start({
        INGEST_API_KEY_CURRENT: longKey("i1"),
        INGEST_API_KEY_NEXT: longKey("i2"),
        WEBUI_API_KEY: longKey("w"),
        API_KEY_OPERATOR_NOC_TEAM: longKey("o"),
        API_KEY_EMPEROR_X: "no such role",
        ADMIN_API_KEY: "",
        MOOG_API_KEY: "ours, not a caller's",
        DB_PASS: "x"
      })
      const keys = (yield* secrets.apiKeys).map(({ caller, value }) =>
        `${caller.name}:${caller.role}=${Redacted.value(value)}`
      )
      assert.deepStrictEqual(keys.sort(), [
        `ingest:ingest=${longKey("i1")}`,
        `ingest:ingest=${longKey("i2")}`,
        `noc-team:operator=${longKey("o")}`,
        `webui:admin=${longKey("w")}`
      ])
    }))

  it.effect("announces changes, beginning with the present, and not every read", () =>
    Effect.gen(function*() {
      const { secrets, store } = yield* start({ DB_PASS_CURRENT: "a" })
      const seen = yield* Ref.make(0)
      yield* Stream.runForEach(secrets.changes, () => Ref.update(seen, (n) => n + 1)).pipe(Effect.forkScoped)
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(yield* Ref.get(seen), 1)
      yield* store.set({ DB_PASS_CURRENT: "a", DB_PASS_NEXT: "b" })
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(yield* Ref.get(seen), 2)
      yield* store.set({ DB_PASS_CURRENT: "a" })
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(yield* Ref.get(seen), 3)
    }))

  it.effect("shows fingerprints, never values", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start({ DB_PASS_CURRENT: "canary", DB_PASS_NEXT: "canary2" })
      const text = JSON.stringify(yield* secrets.status) + JSON.stringify(yield* secrets.get("DB_PASS"))
      assert.notInclude(text, "canary")
      const { credentials } = yield* secrets.status
      assert.match(credentials["DB_PASS"]!["CURRENT"]!, /^[0-9a-f]{8}$/)
      assert.notStrictEqual(credentials["DB_PASS"]!["CURRENT"], credentials["DB_PASS"]!["NEXT"])
    }))
})

describe("withFallback", () => {
  const both = { DB_PASS_CURRENT: "a", DB_PASS_NEXT: "b" }
  /** A server that accepts one password, and is away for the first `outages` calls. */
  const server = (password: string, outages = 0) =>
    Effect.gen(function*() {
      const calls = yield* Ref.make<ReadonlyArray<string>>([])
      const login = Effect.fnUntraced(function*({ value }: CredentialVersion) {
        const all = yield* Ref.updateAndGet(calls, (list) => [...list, Redacted.value(value)])
        if (all.length <= outages) return yield* Effect.fail("away" as const)
        return Redacted.value(value) === password ? "in" : yield* Effect.fail("refused" as const)
      })
      return { login, calls: Ref.get(calls) }
    })
  const attempt = (
    secrets: Secrets["Service"],
    login: (candidate: CredentialVersion) => Effect.Effect<string, "away" | "refused">
  ) =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(
        Effect.result(withCredentialFallback(secrets, "DB_PASS", login, (error) => error === "refused"))
      )
      yield* TestClock.adjust("1 second")
      const result = yield* Fiber.join(fiber)
      return result._tag === "Success" ? result.success : result.failure
    })

  it.effect("goes to NEXT when CURRENT is refused, and begins with NEXT from then on", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start(both)
      const { calls, login } = yield* server("b")
      assert.strictEqual(yield* attempt(secrets, login), "in")
      assert.strictEqual(yield* attempt(secrets, login), "in")
      assert.deepStrictEqual(yield* calls, ["a", "b", "b"])
    }))

  it.effect("retries an outage on the same value and never takes it for a refusal", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start(both)
      const short = yield* server("a", 2)
      assert.strictEqual(yield* attempt(secrets, short.login), "in")
      assert.deepStrictEqual(yield* short.calls, ["a", "a", "a"])
      const long = yield* server("a", 99)
      assert.strictEqual(yield* attempt(secrets, long.login), "away")
      assert.deepStrictEqual(yield* long.calls, ["a", "a", "a"])
    }))

  it.effect("says so when both are refused, with fingerprints and without values, and heals when the store is corrected", () =>
    Effect.gen(function*() {
      const { secrets, store } = yield* start(both)
      const { calls, login } = yield* server("z")
      const error = yield* attempt(secrets, login)
      assert.isTrue(typeof error === "object" && error._tag === "BothCredentialsRefused")
      assert.deepInclude(error, { name: "DB_PASS", store: "env", generation: 1 })
      assert.notInclude(JSON.stringify(error), "\"a\"")
      assert.strictEqual((yield* calls).length, 2)
      yield* store.set({ DB_PASS_CURRENT: "z" })
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(yield* attempt(secrets, login), "in")
    }))

  it.effect("works with one legacy value", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start({ DB_PASS: "a" })
      const { login } = yield* server("a")
      assert.strictEqual(yield* attempt(secrets, login), "in")
    }))
})
