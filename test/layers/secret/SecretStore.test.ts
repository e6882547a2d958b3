import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it, layer } from "@effect/vitest"
import { ConfigProvider, Context, Effect, Fiber, FileSystem, Layer, Option, Queue, Redacted, Ref, Stream } from "effect"
import { TestClock } from "effect/testing"
import { ProcessFacts } from "../../../layers/environment/ProcessFacts.ts"
import { SecretStore } from "../../../layers/secret/SecretStore.ts"
import { SecretStoreEnv } from "../../../layers/secret/SecretStoreEnv.ts"
import { SecretStoreFile } from "../../../layers/secret/SecretStoreFile.ts"
import { SecretStoreVault } from "../../../layers/secret/SecretStoreVault.ts"
import { Vault } from "../../../layers/vault/Vault.ts"
import { needs } from "../../support/needs.ts"
import { type OpenBao, openBao } from "../../support/openBao.ts"
import { programVault } from "../vault/vaults.ts"
import { makeSecretStoreMemory } from "./SecretStoreMemory.ts"
import { secretStoreSuite, storePromises } from "./secretStoreSuite.ts"

class Bao extends Context.Service<Bao, OpenBao>()("test/OpenBao") {}

describe("SecretStoreMemory", () =>
  secretStoreSuite((values) => Effect.map(makeSecretStoreMemory(values), ({ layer }) => layer)))

describe("SecretStoreEnv", () =>
  secretStoreSuite((values) =>
    Effect.succeed(SecretStoreEnv.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord(values)))))
  ))

needs(["OpenBao", "curl"], () => {
  layer(Layer.effect(Bao, openBao("memory")), { excludeTestServices: true })(
    "SecretStoreVault",
    (it) => {
      const holding = Effect.fnUntraced(function*(values: Readonly<Record<string, string>>) {
        const bao = yield* Bao
        const vault = yield* programVault(bao)
        yield* bao.ask("POST", "secret/data/mutt/prod", { data: values })
        return { bao, layer: SecretStoreVault.pipe(Layer.provideMerge(vault)) }
      })

      it.effect("keeps the promises of every store", () =>
        Effect.gen(function*() {
          const bao = yield* Bao
          const make = (values: Readonly<Record<string, string>>) =>
            Effect.provideService(Effect.map(holding(values), ({ layer }) => layer), Bao, bao)
          for (const { promise } of storePromises) yield* promise(make)
        }))

      it.effect("reads the secret only when its metadata say something new", () =>
        Effect.gen(function*() {
          const { bao, layer } = yield* holding({ DB_PASS: "one" })
          const context = yield* Layer.build(layer)
          const store = yield* Effect.provide(SecretStore, context)
          const reads = yield* Ref.make(0)
          const vault = yield* Effect.provide(Vault, context)
          const counted = yield* Layer.build(SecretStoreVault.pipe(Layer.provide(Layer.succeed(Vault, {
            ...vault,
            read: Effect.andThen(Ref.update(reads, (n) => n + 1), vault.read)
          }))))
          const follower = yield* Effect.provide(SecretStore, counted)
          yield* follower.read
          yield* follower.read
          assert.strictEqual(yield* Ref.get(reads), 1)
          yield* bao.ask("POST", "secret/data/mutt/prod", { data: { DB_PASS: "two" } })
          assert.strictEqual(Redacted.value((yield* follower.read).get("DB_PASS")!), "two")
          assert.strictEqual(Redacted.value((yield* store.read).get("DB_PASS")!), "two")
          assert.strictEqual(yield* Ref.get(reads), 2)
          yield* bao.ask("DELETE", "secret/data/mutt/prod")
          assert.include((yield* Effect.flip(follower.read)).message, "vault")
        }))
    }
  )
})

/** Files of root are those of Kubernetes; whoever runs the test, the owner that the store sees is `uid`. */
const ownedBy = (uid: number, gid: number) =>
  Layer.effect(
    FileSystem.FileSystem,
    Effect.map(FileSystem.FileSystem, (files) => ({
      ...files,
      stat: (path: string) =>
        Effect.map(files.stat(path), (info) => ({ ...info, uid: Option.some(uid), gid: Option.some(gid) }))
    }))
  ).pipe(Layer.provide(NodeServices.layer))

const inGroups = (...groups: ReadonlyArray<number>) =>
  Layer.effect(ProcessFacts, Effect.map(ProcessFacts, (facts) => ({ ...facts, groups: () => groups })))

const file = (text: string, mode = 0o600, uid = 1_000, gid = 2_000) =>
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
    const store = yield* Layer.build(
      SecretStoreFile(path).pipe(Layer.provide([ownedBy(uid, gid), inGroups(65_532, 2_000)]))
    ).pipe(Effect.map((context) => Effect.provide(SecretStore, context)))
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

  it.effect("takes a file of root that one group may read, when that group is ours, as Kubernetes mounts it", () =>
    Effect.gen(function*() {
      for (const mode of [0o440, 0o640]) assert.strictEqual((yield* (yield* file("{}", mode, 0)).store.read).size, 0)
      const others = [[0o440, 1_000, 2_000], [0o440, 0, 2_001], [0o444, 0, 2_000], [0o460, 0, 2_000]] as const
      for (const [mode, uid, gid] of others) {
        const { store } = yield* file("{}", mode, uid, gid)
        assert.include((yield* Effect.flip(store.read)).message, "may be read by others")
      }
    }))

  it.effect("notices a mount of Kubernetes that is swapped: a link to a link to a folder", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const mount = yield* files.makeTempDirectoryScoped()
      const publish = Effect.fnUntraced(function*(version: string) {
        yield* files.makeDirectory(`${mount}/..${version}`)
        yield* files.writeFileString(`${mount}/..${version}/secrets.json`, `{"DB_PASS":"${version}"}`, { mode: 0o440 })
        yield* files.symlink(`..${version}`, `${mount}/..data_tmp`)
        yield* files.rename(`${mount}/..data_tmp`, `${mount}/..data`)
      })
      yield* publish("one")
      yield* files.symlink("..data/secrets.json", `${mount}/secrets.json`)
      const context = yield* Layer.build(
        SecretStoreFile(`${mount}/secrets.json`).pipe(Layer.provide([ownedBy(0, 2_000), inGroups(2_000)]))
      )
      const store = yield* Effect.provide(SecretStore, context)
      assert.strictEqual(Redacted.value((yield* store.read).get("DB_PASS")!), "one")
      const seen = yield* Queue.unbounded<void>()
      yield* Stream.runForEach(store.changes, () => Queue.offer(seen, undefined)).pipe(Effect.forkScoped)
      yield* settle
      yield* publish("two")
      const noticed = yield* Effect.forkChild(Queue.take(seen))
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(TestClock.adjust("1 second"), settle)))
      yield* Fiber.join(noticed)
      assert.strictEqual(Redacted.value((yield* store.read).get("DB_PASS")!), "two")
    }).pipe(Effect.provide(NodeServices.layer)))

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
