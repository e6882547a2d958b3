import { assert } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Context, Effect, Redacted } from "effect"
import { SecretWriter } from "../../../layers/secret/SecretWriter.ts"

/** What is in the store, as somebody else reads it. It begins as `{ DB_PASS_CURRENT: "old", DB_PASS_NEXT: "", OTHER: "kept" }`. */
export class Held extends Context.Service<Held, Effect.Effect<Readonly<Record<string, string>>>>()("test/Held") {}

export const startValues = { DB_PASS_CURRENT: "old", DB_PASS_NEXT: "", OTHER: "kept" }

const plain = (values: ReadonlyMap<string, Redacted.Redacted>) =>
  Object.fromEntries([...values].map(([name, value]) => [name, Redacted.value(value)]))

/** What every adapter promises. The tests build on each other. */
export const secretWriterSuite = <R>(it: Vitest.MethodsNonLive<SecretWriter | Held | R>) => {
  it.effect("reads everything, empty values too, and writes what it is given", () =>
    Effect.gen(function*() {
      const writer = yield* SecretWriter
      const { values, version } = yield* writer.read
      assert.deepStrictEqual(plain(values), startValues)
      yield* writer.write(new Map(values).set("DB_PASS_NEXT", Redacted.make("new")), version)
      assert.deepStrictEqual(yield* yield* Held, { ...startValues, DB_PASS_NEXT: "new" })
      const again = yield* writer.read
      assert.notStrictEqual(again.version, version)
      assert.strictEqual((yield* writer.read).version, again.version)
    }))

  it.effect("writes nothing over what somebody else has written", () =>
    Effect.gen(function*() {
      const writer = yield* SecretWriter
      const before = yield* writer.read
      yield* writer.write(new Map(before.values).set("OTHER", Redacted.make("theirs")), before.version)
      const error = yield* Effect.flip(writer.write(before.values, before.version))
      assert.strictEqual(error._tag, "SecretWriteConflict")
      assert.strictEqual((yield* yield* Held)["OTHER"], "theirs")
    }))

  it.effect("lets one of many win", () =>
    Effect.gen(function*() {
      const writer = yield* SecretWriter
      const { values, version } = yield* writer.read
      const results = yield* Effect.forEach(
        ["a", "b", "c", "d"],
        (text) => Effect.result(writer.write(new Map(values).set("OTHER", Redacted.make(text)), version)),
        { concurrency: 4 }
      )
      assert.lengthOf(results.filter(({ _tag }) => _tag === "Success"), 1)
    }))
}
