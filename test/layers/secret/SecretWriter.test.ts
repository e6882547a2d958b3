import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer, Redacted, Schema } from "effect"
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { SecretWriter } from "../../../layers/secret/SecretWriter.ts"
import { SecretWriterFile } from "../../../layers/secret/SecretWriterFile.ts"
import { SecretWriterEnv } from "../../../layers/secret/SecretWriterLayer.ts"
import { SecretWriterVault } from "../../../layers/secret/SecretWriterVault.ts"
import { VaultNode } from "../../../layers/vault/VaultNode.ts"
import { needs } from "../../support/needs.ts"
import { openBao } from "../../support/openBao.ts"
import { makeSecretWriterMemory } from "./SecretWriterMemory.ts"
import { Held, secretWriterSuite, startValues } from "./secretWriterSuite.ts"

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Record(Schema.String, Schema.String)))

/** A file of secrets behind a symbolic link. */
const file = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = mkdtempSync(join(tmpdir(), "mutt-"))
    writeFileSync(join(folder, "real.json"), JSON.stringify(startValues), { mode: 0o600 })
    symlinkSync(join(folder, "real.json"), join(folder, "secrets.json"))
    return join(folder, "secrets.json")
  }),
  (path) => Effect.sync(() => rmSync(dirname(path), { recursive: true, force: true }))
)
const written = (path: string) => Effect.sync(() => decode(readFileSync(path, "utf8")))

const Memory = Layer.unwrap(
  Effect.map(
    makeSecretWriterMemory(startValues),
    (store) => Layer.merge(store.layer, Layer.succeed(Held, store.values))
  )
)
const File = Layer.unwrap(
  Effect.map(file, (path) => Layer.merge(SecretWriterFile(path), Layer.succeed(Held, written(path))))
).pipe(Layer.provide(NodeServices.layer))

const roles = Effect.gen(function*() {
  const bao = yield* openBao("memory")
  writeFileSync(bao.file("values.json"), JSON.stringify(startValues))
  const said = yield* bao.init(
    "--values",
    bao.file("values.json"),
    "--secret-id-file",
    bao.file("programs"),
    "--rotator-file",
    bao.file("rotator")
  )
  const as = (role: string, secretIdFile: string) =>
    SecretWriterVault.pipe(
      Layer.provide(VaultNode({
        address: bao.url,
        ca: undefined,
        mount: "secret",
        path: "mutt/prod",
        roleId: new RegExp(`role ${role}: role_id (\\S+)`).exec(said)?.[1] ?? "",
        secretIdFile: bao.file(secretIdFile)
      })),
      Layer.provide(NodeServices.layer)
    )
  const held = Effect.map(bao.ask("GET", "secret/data/mutt/prod"), (answer) => {
    const text = JSON.stringify(answer)
    const found = /"data":\{"data":(\{[^}]*\})/.exec(text)?.[1] ?? "{}"
    return decode(found)
  })
  return {
    rotator: Layer.merge(as("mutt-rotator", "rotator"), Layer.succeed(Held, held)),
    program: as("mutt-programs", "programs")
  }
})

layer(Memory)("a memory that is written", (it) => secretWriterSuite(it))
layer(File)("a file that is written", (it) => secretWriterSuite(it))
needs(["OpenBao", "curl"], () => {
  layer(Layer.unwrap(Effect.map(roles, ({ rotator: controller }) => controller)), { excludeTestServices: true })(
    "a Vault that is written",
    (it) => secretWriterSuite(it)
  )
})

describe("writing secrets", () => {
  it.live("the file stays behind its link, for its owner alone, with nothing left beside it", () =>
    Effect.gen(function*() {
      const path = yield* file
      const writer = yield* SecretWriter.pipe(Effect.provide(SecretWriterFile(path)))
      const { values, version } = yield* writer.read
      yield* writer.write(new Map(values).set("OTHER", Redacted.make("new")), version)
      assert.strictEqual(statSync(path).mode & 0o777, 0o600)
      assert.deepStrictEqual(readdirSync(dirname(path)).sort(), ["real.json", "secrets.json"])
    }).pipe(Effect.provide(NodeServices.layer)))

  it.live("what a killed writer left behind does not stop the next one", () =>
    Effect.gen(function*() {
      const path = yield* file
      const real = join(dirname(path), "real.json")
      writeFileSync(`${real}.lock`, "")
      utimesSync(`${real}.lock`, new Date(0), new Date(0))
      writeFileSync(`${real}.new`, "{\"half\":")
      const files = yield* FileSystem.FileSystem
      const writer = yield* SecretWriter.pipe(Effect.provide(SecretWriterFile(path)))
      const { values, version } = yield* writer.read
      yield* writer.write(new Map(values).set("OTHER", Redacted.make("new")), version)
      assert.strictEqual((yield* written(path))["OTHER"], "new")
      assert.isFalse(yield* files.exists(`${real}.lock`))
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("the environment is not written, and it is said what to do", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip((yield* SecretWriter).read)
      assert.strictEqual(error._tag, "SecretStoreReadOnly")
      assert.include(error.message, "SECRET_ROTATION_PROCEDURE")
    }).pipe(Effect.provide(SecretWriterEnv)))

  needs(["OpenBao", "curl"], () => {
    it.live("the role of the programs may read Vault and not write it", () =>
      Effect.gen(function*() {
        const { program } = yield* roles
        const writer = yield* SecretWriter.pipe(Effect.provide(program))
        const { values, version } = yield* writer.read
        const error = yield* Effect.flip(writer.write(new Map(values).set("OTHER", Redacted.make("new")), version))
        assert.strictEqual(error._tag, "SecretStoreReadOnly")
        assert.include(error.message, "VAULT_ROTATOR_ROLE_ID")
      }))
  })
})
