import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Redacted } from "effect"
import { chmodSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { pathInMount } from "../../../layers/vault/VaultNode.ts"
import { eventually } from "../../support/eventually.ts"
import { needs } from "../../support/needs.ts"
import { type OpenBao, openBao } from "../../support/openBao.ts"
import { ownMetrics, seriesOf } from "../telemetry/seriesOf.ts"
import { built, programVault, rotatorVault } from "./vaults.ts"

class Bao extends Context.Service<Bao, OpenBao>()("test/OpenBao") {}

const server = (storage: "memory" | "disk") => Layer.merge(Layer.effect(Bao, openBao(storage)), Logger.layer([]))

needs(["OpenBao", "curl"], () => {
  layer(server("memory"), { excludeTestServices: true })("Vault", (it) => {
    it.effect("is set up by vault-init.sh, twice without harm and without a secret on the screen", () =>
      Effect.gen(function*() {
        const bao = yield* Bao
        const first = yield* bao.init("--secret-id-file", bao.file("id"), "--show")
        const kept = Effect.map(
          bao.ask("GET", "secret/data/mutt/prod"),
          (answer) => bao.find(answer, "DB_PASS_CURRENT")
        )
        const values = [
          yield* bao.ask("GET", "secret/data/mutt/prod"),
          yield* bao.ask("GET", "secret/data/mutt/prod/admin")
        ]
        assert.strictEqual(bao.find(values[0], "ADMIN_API_KEY"), "")
        const again = yield* bao.init("--secret-id-file", bao.file("id"), "--show")
        assert.strictEqual(yield* kept, bao.find(values[0], "DB_PASS_CURRENT"))
        assert.include(again, "kept secret/mutt/prod")
        assert.include(first, "DB_PASS_CURRENT")
        for (const name of ["DB_PASS_CURRENT", "ADMIN_API_KEY"]) {
          const value = bao.find(values, name)
          assert.isAbove(value.length, 30)
          assert.notInclude(first + again, value)
        }
      }))

    it.effect("gets its secret_ids into files for their owner alone, whatever was there", () =>
      Effect.gen(function*() {
        const bao = yield* Bao
        const [elsewhere, id, link] = [bao.file("elsewhere"), bao.file("open-id"), bao.file("link-id")]
        writeFileSync(id, "", { mode: 0o666 })
        chmodSync(id, 0o666)
        writeFileSync(elsewhere, "")
        symlinkSync(elsewhere, link)
        yield* bao.init("--secret-id-file", id, "--rotator-file", link)
        assert.deepStrictEqual([id, link].map((file) => lstatSync(file).mode & 0o777), [0o600, 0o600])
        assert.isTrue([id, link].every((file) => lstatSync(file).isFile() && lstatSync(file).size > 30))
        assert.strictEqual(readFileSync(elsewhere, "utf8"), "")
        chmodSync(id, 0o644)
        assert.include(yield* bao.init("--secret-id-file", id), "kept the secret_id")
        assert.strictEqual(lstatSync(id).mode & 0o777, 0o600)
      }))

    it.effect("is read the same by every spelling of the path, and with a wrapped secret_id", () =>
      Effect.gen(function*() {
        const bao = yield* Bao
        const wanted = bao.find(yield* bao.ask("GET", "secret/data/mutt/prod"), "DB_PASS_CURRENT")
        for (
          const [path, wrap] of [["secret/mutt/prod", 0], ["mutt/prod", 0], ["/secret/data/mutt/prod/", 60]] as const
        ) {
          const vault = yield* built(yield* programVault(bao, { path }, wrap))
          const { values, version } = yield* vault.read
          assert.strictEqual(version, 1)
          const value = values.get("DB_PASS_CURRENT")
          assert.strictEqual(value === undefined ? "" : Redacted.value(value), wanted)
          assert.notInclude(String([...values]), wanted)
        }
        assert.strictEqual(pathInMount("kv", "secret/a b"), "secret/a%20b")
      }))

    it.effect("gives programs nothing to write, and rotators a write that overwrites nothing unseen", () =>
      Effect.gen(function*() {
        const bao = yield* Bao
        const program = yield* built(yield* programVault(bao))
        const { values, version } = yield* program.read
        const denied = yield* Effect.flip(program.write(values, version))
        assert.deepInclude(denied, { operation: "write", reason: "refused", status: 403 })

        const controller = yield* built(yield* rotatorVault(bao))
        const before = yield* program.stamp
        const changed = new Map(values).set("DB_PASS_NEXT", Redacted.make("näx\"t\\ \u{1F600}"))
        assert.strictEqual(yield* controller.write(changed, version), version + 1)
        assert.notStrictEqual(yield* program.stamp, before)
        const next = (yield* program.read).values.get("DB_PASS_NEXT")
        assert.strictEqual(next === undefined ? "" : Redacted.value(next), "näx\"t\\ \u{1F600}")
        const late = yield* Effect.flip(controller.write(values, version))
        assert.deepInclude(late, { reason: "conflict" })
      }))

    it.effect("logs in anew when its token is revoked", () =>
      Effect.gen(function*() {
        const bao = yield* Bao
        const vault = yield* built(yield* programVault(bao))
        yield* vault.read
        yield* bao.ask("POST", "sys/leases/revoke-prefix/auth/approle/login")
        yield* vault.read
      }))

    it.effect("tells how long its token is still good, and how long it was when it was renewed", () =>
      ownMetrics(Effect.gen(function*() {
        const bao = yield* Bao
        const layer = yield* programVault(bao)
        const rotator = yield* programVault(bao, { login: "rotator" })
        yield* bao.ask("POST", "auth/approle/role/mutt-programs", { token_ttl: 100 })
        const vault = yield* built(layer)
        assert.deepStrictEqual(yield* seriesOf("mutt_vault_token_ttl_seconds"), {})
        yield* vault.read
        const [ttl, life] = [
          yield* seriesOf("mutt_vault_token_ttl_seconds"),
          yield* seriesOf("mutt_vault_token_life_seconds")
        ]
        assert.deepStrictEqual(life, { program: 100 })
        assert.isAtMost(ttl.program ?? 0, 100)
        assert.isAbove(ttl.program ?? 0, 60)
        yield* (yield* built(rotator)).read
        assert.sameMembers(Object.keys(yield* seriesOf("mutt_vault_token_ttl_seconds")), ["program", "rotator"])
      })))

    it.effect("keeps a short-lived token alive by renewing it, and outlives the longest life Vault gives one", () =>
      Effect.gen(function*() {
        const bao = yield* Bao
        const layer = yield* programVault(bao)
        yield* bao.ask("POST", "auth/approle/role/mutt-programs", { token_ttl: 1, token_max_ttl: 3 })
        const vault = yield* built(layer)
        const accessors = Effect.map(
          bao.ask("LIST", "auth/token/accessors"),
          (answer) => JSON.stringify(answer).split(",").length
        )
        yield* vault.read
        const before = yield* accessors
        yield* Effect.forEach(
          Array.from({ length: 20 }),
          () => Effect.andThen(Effect.sleep("200 millis"), vault.read)
        )
        assert.isAtMost((yield* accessors) - before, 2)
      }))
  })
})

needs(["OpenBao", "curl"], () => {
  layer(server("disk"), { excludeTestServices: true })("Vault with storage on disk", (it) => {
    it.effect("fails while it is sealed or away, and is read again afterwards, with nothing started anew", () =>
      Effect.gen(function*() {
        const bao = yield* Bao
        const vault = yield* built(yield* programVault(bao))
        const before = yield* vault.read
        yield* bao.ask("PUT", "sys/seal")
        assert.deepInclude(yield* Effect.flip(vault.read), { reason: "failed", status: 503 })
        yield* bao.stop
        assert.deepInclude(yield* Effect.flip(vault.read), { reason: "unreachable", status: 0 })
        yield* bao.start
        assert.deepInclude(yield* Effect.flip(vault.read), { reason: "failed", status: 503 })
        yield* bao.unseal
        const after = yield* eventually(vault.read)
        assert.deepStrictEqual(
          [...after.values].map(([name, value]) => [name, Redacted.value(value)]),
          [...before.values].map(([name, value]) => [name, Redacted.value(value)])
        )
      }))
  })
})
