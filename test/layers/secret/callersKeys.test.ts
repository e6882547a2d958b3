import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { callerOf, secretsAmong } from "../../../layers/secret/names.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { Secrets } from "../../../layers/secret/Secrets.ts"
import { isIn, parseAddress } from "../../../src/logic/addresses.ts"
import { makeSecretStoreMemory } from "./SecretStoreMemory.ts"

const [first, second, third] = ["first-key-of-tests", "second-key-of-tests", "third-key-of-tests"]

const start = (values: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    const store = yield* makeSecretStoreMemory(values)
    const lines: Array<string> = []
    const context = yield* Layer.build(SecretsFromStore.pipe(
      Layer.provide(store.layer),
      Layer.provide(Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))]))
    ))
    const secrets = yield* Effect.provide(Secrets, context)
    return {
      secrets,
      lines,
      /** What lets whom in now. */
      keys: Effect.map(secrets.apiKeys, (keys) =>
        keys.map(({ caller, from, value }) =>
          `${caller.role} ${caller.name} ${Redacted.value(value)}${from === undefined ? "" : " limited"}`
        ).sort()),
      set: (next: Readonly<Record<string, string>>) =>
        Effect.andThen(store.set(next), TestClock.adjust("2 seconds"))
    }
  })

describe("a name with a reserved end", () => {
  it.effect("is a part of a secret and lets nobody in by itself, whatever else the store holds", () =>
    Effect.gen(function*() {
      const { keys, lines, set } = yield* start({
        API_KEY_ADMIN_X_PREVIOUS: first,
        ADMIN_API_KEY_PREVIOUS: first,
        INGEST_API_KEY_PREVIOUS: first,
        API_KEY_ADMIN_X_PREVIOUS_CURRENT: first,
        API_KEY_ADMIN_X_PREVIOUS_NEXT: first,
        API_KEY_ADMIN_X_FROM_CURRENT: first,
        API_KEY_ADMIN_X_NEXT_PREVIOUS: first,
        API_KEY_ADMIN_PREVIOUS: first,
        API_KEY_ADMIN_NEXT: first
      })
      assert.deepStrictEqual(yield* keys, [])
      assert.include(lines.join(), "two reserved ends")
      yield* set({ API_KEY_ADMIN_X_PREVIOUS: first, API_KEY_ADMIN_X_CURRENT: second, API_KEY_ADMIN_X_NEXT: third })
      assert.deepStrictEqual(yield* keys, [`admin x ${second}`, `admin x ${third}`])
      yield* set({ API_KEY_ADMIN_X_PREVIOUS: first })
      assert.deepStrictEqual(yield* keys, [])
    }))

  it("is no secret that could be rotated or reported", () => {
    assert.deepStrictEqual(
      [...secretsAmong(["DB_PASS_PREVIOUS", "REDIS_PASS", "X_FROM", "A_PREVIOUS_CURRENT", "B_NEXT", "B_CURRENT"])],
      ["REDIS_PASS", "B"]
    )
    for (const end of ["PREVIOUS", "CURRENT", "NEXT", "FROM"]) assert.isUndefined(callerOf(`API_KEY_ADMIN_X_${end}`))
  })
})

describe("a key that is too short", () => {
  it.effect("is refused by its name, and what was in force stays", () =>
    Effect.gen(function*() {
      const { keys, lines, secrets, set } = yield* start({ ADMIN_API_KEY: first, VIEWER_API_KEY: "guess-me" })
      assert.deepStrictEqual(yield* keys, [`admin admin ${first}`])
      assert.deepInclude(yield* secrets.status, { stale: true, unusable: 1 })
      assert.include(lines.join(), "VIEWER_API_KEY")
      assert.include(lines.join(), "is shorter than 16 characters")
      assert.notInclude(lines.join(), "guess-me")
      yield* set({ ADMIN_API_KEY_CURRENT: "a", VIEWER_API_KEY: second })
      assert.deepStrictEqual(yield* keys, [`admin admin ${first}`, `viewer viewer ${second}`])
      yield* set({ ADMIN_API_KEY: third, VIEWER_API_KEY: second })
      assert.deepInclude(yield* secrets.status, { stale: false, unusable: 0 })
      assert.deepStrictEqual(yield* keys, [`admin admin ${third}`, `viewer viewer ${second}`])
    }))

  it.effect("in CURRENT does not bring an old plain one into force", () =>
    Effect.gen(function*() {
      const { keys } = yield* start({ ADMIN_API_KEY: first, ADMIN_API_KEY_CURRENT: "short" })
      assert.deepStrictEqual(yield* keys, [])
    }))

  it.effect("is the platform's own matter where we are the caller", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start({ MOOG_API_KEY: "short" })
      assert.lengthOf(yield* secrets.candidates("MOOG_API_KEY"), 1)
    }))
})

describe("the addresses of a key", () => {
  it.effect("go with both of its values, and a change of them is a change", () =>
    Effect.gen(function*() {
      const both = { INGEST_API_KEY_CURRENT: first, INGEST_API_KEY_NEXT: second, INGEST_API_KEY_FROM: "10.0.0.0/8" }
      const { keys, secrets, set } = yield* start(both)
      assert.deepStrictEqual(yield* keys, [`ingest ingest ${first} limited`, `ingest ingest ${second} limited`])
      yield* set({ ...both, INGEST_API_KEY_FROM: "192.0.2.1" })
      const [{ from } = {}] = yield* secrets.apiKeys
      assert.isTrue(isIn(parseAddress("192.0.2.1") ?? new Uint8Array(), from ?? []))
      yield* set({ INGEST_API_KEY_CURRENT: first })
      assert.deepStrictEqual(yield* keys, [`ingest ingest ${first}`])
    }))

  it.effect("that cannot be read take the key away, unless a list was in force: that one stays", () =>
    Effect.gen(function*() {
      for (const bad of ["", " ", "10.0.0.0/99", "10.0.0.0/8,", "everywhere"]) {
        const values = { API_KEY_OPERATOR_NOC: first, API_KEY_OPERATOR_NOC_FROM: bad }
        const { keys, lines, set } = yield* start(values)
        assert.deepStrictEqual(yield* keys, [], bad)
        assert.include(lines.join(), "API_KEY_OPERATOR_NOC_FROM")
        yield* set({ ...values, API_KEY_OPERATOR_NOC_FROM: "10.0.0.0/8" })
        assert.deepStrictEqual(yield* keys, [`operator noc ${first} limited`])
        yield* set(values)
        assert.deepStrictEqual(yield* keys, [`operator noc ${first} limited`], bad)
        yield* set({ API_KEY_OPERATOR_NOC: first })
        yield* set(values)
        assert.deepStrictEqual(yield* keys, [], bad)
      }
    }))

  it.effect("are refused for what no caller holds, and harm it not", () =>
    Effect.gen(function*() {
      const { lines, secrets } = yield* start({ DB_PASS: "x", DB_PASS_FROM: "10.0.0.0/8" })
      assert.isDefined((yield* secrets.get("DB_PASS")).current)
      assert.include(lines.join(), "only the key of a caller")
    }))
})
