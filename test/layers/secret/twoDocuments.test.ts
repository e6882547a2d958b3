import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, Redacted, type Scope } from "effect"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Environment } from "../../../layers/environment/Environment.ts"
import { isAdminSecret } from "../../../layers/secret/adminSecrets.ts"
import { documentsOf } from "../../../layers/secret/documentsOf.ts"
import { SecretStore } from "../../../layers/secret/SecretStore.ts"
import { SecretWriter } from "../../../layers/secret/SecretWriter.ts"
import { SecretWriterFile } from "../../../layers/secret/SecretWriterFile.ts"
import { SecretWriterVault } from "../../../layers/secret/SecretWriterVault.ts"
import { VaultLayer } from "../../../layers/vault/VaultLayer.ts"
import { VaultNode } from "../../../layers/vault/VaultNode.ts"
import type { Program } from "../../../src/domain/Settings.ts"
import { needs } from "../../support/needs.ts"
import { openBao } from "../../support/openBao.ts"
import { staticConfig } from "../connections.ts"

type Texts = Readonly<Record<string, string>>
const shared = {
  DB_PASS_CURRENT: "db",
  INGEST_API_KEY_CURRENT: "ingest-key-1234567",
  VIEWER_API_KEY: "viewer-key-123456"
}
const own = {
  REDIS_ADMIN_PASS: "root",
  ADMIN_API_KEY_CURRENT: "admin-key-12345678",
  API_KEY_ADMIN_ANN: "ann-key-12345678"
}

/** A store of two documents, as the programs and as the one who rotates use it. */
interface World {
  readonly readAs: (program: Program) => Effect.Effect<Texts, unknown, Scope.Scope>
  readonly writer: SecretWriter["Service"]
  readonly held: Effect.Effect<{ readonly shared: Texts; readonly own: Texts }>
  readonly warnings: ReadonlyArray<string>
}

const textsOf = (values: ReadonlyMap<string, Redacted.Redacted>): Texts =>
  Object.fromEntries([...values].map(([name, value]) => [name, Redacted.value(value)]))

const capture = () => {
  const warnings: Array<string> = []
  return { warnings, layer: Logger.layer([Logger.make(({ message }) => void warnings.push(String(message)))]) }
}

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-two-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const inFiles = (one: Texts, two: Texts | undefined) =>
  Effect.gen(function*() {
    const here = yield* folder
    const [path, adminPath] = [join(here, "secrets.json"), join(here, "admin.json")]
    writeFileSync(path, JSON.stringify(one), { mode: 0o600 })
    if (two !== undefined) writeFileSync(adminPath, JSON.stringify(two), { mode: 0o600 })
    const admin = two === undefined ? undefined : adminPath
    const { layer, warnings } = capture()
    const read = (file: string): Texts => JSON.parse(readFileSync(file, "utf8"))
    const world: World = {
      readAs: (program) => {
        const documents = documentsOf(program, {
          kind: "file",
          path,
          adminPath: program === "web-ui" ? admin : undefined
        })
        const unused = VaultLayer.pipe(Layer.provide(Layer.succeed(Environment, staticConfig({}))))
        return Effect.flatMap(
          Layer.build(documents.pipe(Layer.provide(unused), Layer.provide(NodeServices.layer))),
          (context) => Effect.provide(Effect.flatMap(SecretStore, (store) => store.read), context)
        ).pipe(Effect.map(textsOf), Effect.provide(layer))
      },
      writer: yield* Effect.provide(
        SecretWriter,
        yield* Layer.build(SecretWriterFile(path, admin).pipe(Layer.provide(NodeServices.layer)))
      ),
      held: Effect.sync(() => ({ shared: read(path), own: admin === undefined ? {} : read(admin) })),
      warnings
    }
    return world
  })

const inVault = (one: Texts, two: Texts | undefined) =>
  Effect.gen(function*() {
    const bao = yield* openBao("memory")
    const files = ["--secret-id-file", bao.file("programs"), "--webui-file", bao.file("web-ui")]
    const said = yield* bao.init(...files, "--rotator-file", bao.file("rotator"))
    yield* bao.ask("POST", "secret/data/mutt/prod", { data: one })
    yield* two === undefined
      ? bao.ask("DELETE", "secret/metadata/mutt/prod/admin")
      : bao.ask("POST", "secret/data/mutt/prod/admin", { data: two })
    const as = (role: string, file: string) =>
      VaultNode({
        address: bao.url,
        ca: undefined,
        mount: "secret",
        path: "secret/mutt/prod",
        roleId: new RegExp(`role ${role}: role_id (\\S+)`).exec(said)?.[1] ?? "",
        secretIdFile: bao.file(file)
      }).pipe(Layer.provide(NodeServices.layer))
    const { layer, warnings } = capture()
    const at = (path: string) =>
      Effect.map(bao.ask("GET", path), (answer): Texts =>
        JSON.parse(/"data":\{"data":(\{[^}]*\})/.exec(JSON.stringify(answer))?.[1] ?? "{}"))
    const world: World = {
      readAs: (program) => {
        const vault = program === "web-ui" ? as("mutt-webui", "web-ui") : as("mutt-programs", "programs")
        const documents = documentsOf(program, { kind: "vault", path: undefined })
        return Effect.flatMap(
          Layer.build(documents.pipe(Layer.provide([NodeServices.layer, vault]))),
          (context) =>
            Effect.provide(Effect.flatMap(SecretStore, (store) => store.read), context)
        ).pipe(Effect.map(textsOf), Effect.provide(layer))
      },
      writer: yield* Effect.provide(
        SecretWriter,
        yield* Layer.build(SecretWriterVault.pipe(Layer.provide(as("mutt-rotator", "rotator"))))
      ),
      held: Effect.all({
        shared: at("secret/data/mutt/prod"),
        own: two === undefined ? Effect.succeed({}) : at("secret/data/mutt/prod/admin")
      }),
      warnings
    }
    return world
  })

const promises = (make: typeof inFiles) => {
  it.live("the web-ui reads both, other programs the one without an administrator's secret", () =>
    Effect.gen(function*() {
      const { readAs, warnings } = yield* make(shared, own)
      for (const program of ["ingestor", "alerter", "moog-forwarder"] as const) {
        assert.deepStrictEqual(yield* readAs(program), shared)
      }
      assert.deepStrictEqual(yield* readAs("web-ui"), { ...shared, ...own })
      assert.isEmpty(warnings)
    }).pipe(Effect.scoped))

  it.live("a change is written to the document that the secret is in, and the other one stays untouched", () =>
    Effect.gen(function*() {
      const { held, writer } = yield* make(shared, own)
      const first = yield* writer.read
      yield* writer.write(new Map(first.values).set("ADMIN_API_KEY_NEXT", Redacted.make("fresh")), first.version)
      assert.deepStrictEqual(yield* held, { shared, own: { ...own, ADMIN_API_KEY_NEXT: "fresh" } })
      const second = yield* writer.read
      yield* writer.write(new Map(second.values).set("DB_PASS_NEXT", Redacted.make("fresh")), second.version)
      assert.deepStrictEqual((yield* held).shared, { ...shared, DB_PASS_NEXT: "fresh" })
      const late = yield* Effect.flip(writer.write(second.values, second.version))
      assert.strictEqual(late._tag, "SecretWriteConflict")
    }).pipe(Effect.scoped))

  it.live("whoever writes the document of all programs makes no key of an administrator, by another value or another name", () =>
    Effect.gen(function*() {
      const forged = {
        ADMIN_API_KEY_CURRENT: "forged-key-1234567",
        ADMIN_API_KEY_NEXT: "forged-key-1234567",
        API_KEY_ADMIN_EVE: "eve-key-1234567890",
        WEBUI_API_KEY: "forged-key-1234567"
      }
      const { held, readAs, warnings, writer } = yield* make({ ...shared, ...forged }, own)
      assert.deepStrictEqual(yield* readAs("web-ui"), { ...shared, ...own })
      assert.lengthOf(warnings, 1)
      const { values, version } = yield* writer.read
      yield* writer.write(new Map(values).set("DB_PASS_NEXT", Redacted.make("fresh")), version)
      assert.deepStrictEqual(yield* held, { shared: { ...shared, ...forged, DB_PASS_NEXT: "fresh" }, own })
    }).pipe(Effect.scoped))

  it.live("one document goes on being read and written by itself, with a warning", () =>
    Effect.gen(function*() {
      const one = { ...shared, ...own }
      const { held, readAs, warnings, writer } = yield* make(one, undefined)
      assert.deepStrictEqual(yield* readAs("web-ui"), one)
      assert.deepStrictEqual(yield* readAs("ingestor"), one)
      assert.isTrue(warnings.every((text) => text.includes("web-ui alone needs")))
      assert.lengthOf(warnings, 2)
      const { values, version } = yield* writer.read
      yield* writer.write(new Map(values).set("ADMIN_API_KEY_NEXT", Redacted.make("fresh")), version)
      assert.deepStrictEqual((yield* held).shared, { ...one, ADMIN_API_KEY_NEXT: "fresh" })
    }).pipe(Effect.scoped))
}

describe("two documents of secrets, in files", () => promises(inFiles))
needs(["OpenBao", "curl"], () => describe("two documents of secrets, in Vault", () => promises(inVault)))

it("the web-ui's own are the administrator of Redis and the keys of role admin, in each slot", () => {
  for (const name of [...Object.keys(own), "REDIS_ADMIN_USER", "WEBUI_API_KEY_NEXT", "ADMIN_API_KEY_PREVIOUS"]) {
    assert.isTrue(isAdminSecret(name), name)
  }
  assert.isTrue(isAdminSecret("ADMIN_API_KEY_FROM"))
  for (const name of [...Object.keys(shared), "REDIS_PASS_NEXT", "OPERATOR_API_KEY", "MOOG_API_KEY"]) {
    assert.isFalse(isAdminSecret(name), name)
  }
})
