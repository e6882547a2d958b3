import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Fiber, FileSystem, Layer, Queue, Redacted, Stream } from "effect"
import { TestClock } from "effect/testing"
import { SecretStore } from "../../../layers/secret/SecretStore.ts"
import { SecretStoreEnv } from "../../../layers/secret/SecretStoreEnv.ts"
import { SecretStoreFile } from "../../../layers/secret/SecretStoreFile.ts"
import { makeSecretStoreMemory } from "../../../layers/secret/SecretStoreMemory.ts"
import { secretStoreSuite } from "./secretStoreSuite.ts"

describe("SecretStoreMemory", () =>
  secretStoreSuite((values) => Effect.map(makeSecretStoreMemory(values), ({ layer }) => layer)))

describe("SecretStoreEnv", () =>
  secretStoreSuite((values) =>
    Effect.succeed(SecretStoreEnv.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord(values)))))
  ))

const file = (text: string, mode = 0o600) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const folder = yield* files.makeTempDirectoryScoped()
    const path = `${folder}/secrets.json`
    const write = (text: string) =>
      Effect.gen(function*() {
        yield* files.writeFileString(`${path}.new`, text, { mode })
        yield* files.chmod(`${path}.new`, mode)
        yield* files.rename(`${path}.new`, path)
      })
    yield* write(text)
    const store = yield* Layer.build(SecretStoreFile(path)).pipe(
      Effect.map((context) => Effect.provide(SecretStore, context))
    )
    return { path, write, store: yield* store, chmod: (mode: number) => files.chmod(path, mode) }
  }).pipe(Effect.orDie, Effect.provide(NodeServices.layer))

describe("SecretStoreFile", () => {
  secretStoreSuite((values) =>
    Effect.map(file(JSON.stringify(values)), ({ store }) => Layer.succeed(SecretStore, store))
  )

  it.effect("refuses a file that others may read, and says how to mend it", () =>
    Effect.gen(function*() {
      for (const mode of [0o640, 0o604, 0o660]) {
        const { path, store } = yield* file("{}", mode)
        const error = yield* Effect.flip(store.read)
        assert.include(error.message, `chmod 600 '${path}'`)
      }
    }))

  it.effect("says what is wrong with a file it cannot use, and nothing of its contents", () =>
    Effect.gen(function*() {
      for (
        const text of ["canary", "[\"canary\"]", "{\"A\":{\"B\":\"canary\"}}", `{"A":"${"canary".repeat(200_000)}"}`]
      ) {
        const { store } = yield* file(text)
        const error = yield* Effect.flip(store.read)
        assert.notInclude(error.message, "canary")
        assert.match(error.message, /flat JSON object|larger than/)
      }
    }))

  it.effect("notices a replaced file within a second", () =>
    Effect.gen(function*() {
      const { store, write } = yield* file("{\"DB_PASS\":\"one\"}")
      const seen = yield* Queue.unbounded<void>()
      yield* Stream.runForEach(store.changes, () => Queue.offer(seen, undefined)).pipe(Effect.forkScoped)
      yield* settle
      yield* Effect.orDie(write("{\"DB_PASS\":\"two\"}"))
      const noticed = yield* Effect.forkChild(Queue.take(seen))
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(TestClock.adjust("1 second"), settle)))
      yield* Fiber.join(noticed)
      assert.strictEqual(Redacted.value((yield* store.read).get("DB_PASS")!), "two")
    }))

  it.effect("comes back when a bad file is mended", () =>
    Effect.gen(function*() {
      const { chmod, store } = yield* file("{\"DB_PASS\":\"one\"}", 0o644)
      yield* Effect.flip(store.read)
      yield* Effect.orDie(chmod(0o600))
      assert.strictEqual((yield* store.read).size, 1)
    }))
})

/** Lets the file system answer: it does not live on the test clock. */
const settle = Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, 5)))
