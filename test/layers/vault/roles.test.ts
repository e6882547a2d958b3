import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger } from "effect"
import { lstatSync, readFileSync } from "node:fs"
import { needs } from "../../support/needs.ts"
import { type OpenBao, openBao } from "../../support/openBao.ts"
import { built, programVault } from "./vaults.ts"

class Bao extends Context.Service<Bao, OpenBao>()("test/OpenBao") {}

needs(["OpenBao", "curl"], () => {
  layer(Layer.merge(Layer.effect(Bao, openBao("memory")), Logger.layer([])), { excludeTestServices: true })(
    "vault-init.sh",
    (it) => {
      it.effect("gives each role what it needs and no more, and a secret_id that ends", () =>
        Effect.gen(function*() {
          const bao = yield* Bao
          const files = ["programs", "web-ui", "rotates"].map((name) => bao.file(`rights-${name}`))
          const [programs = "", webUi = "", rotates = ""] = files
          const options = ["--secret-id-file", programs, "--webui-file", webUi, "--rotator-file", rotates]
          const said = yield* bao.init(...options, "--secret-id-ttl", "3600", "--secret-id-uses", "50")
          const transit = { mount: "transit", key: "mutt-audit" }
          const as = (role: string, secretIdFile: string) =>
            Effect.flatMap(
              programVault(bao, {
                secretIdFile,
                transit,
                roleId: new RegExp(`role ${role}: role_id (\\S+)`).exec(said)?.[1] ?? ""
              }),
              built
            )
          const may = Effect.fnUntraced(function*(role: string, file: string) {
            const vault = yield* as(role, file)
            const said = <A>(what: Effect.Effect<A, { readonly status: number }>) =>
              Effect.match(what, { onSuccess: () => "yes", onFailure: ({ status }) => String(status) })
            const { values, version } = yield* vault.read
            return {
              readAdmin: yield* said(vault.admin.read),
              write: yield* said(vault.write(values, version)),
              writeAdmin: yield* said(
                Effect.flatMap(vault.admin.read, (admin) => vault.admin.write(admin.values, admin.version))
              ),
              sign: yield* said(vault.sign("text")),
              ownSecretId: yield* said(vault.secretId)
            }
          })
          assert.deepStrictEqual(yield* may("mutt-programs", programs), {
            readAdmin: "403",
            write: "403",
            writeAdmin: "403",
            sign: "403",
            ownSecretId: "yes"
          })
          assert.deepStrictEqual(yield* may("mutt-webui", webUi), {
            readAdmin: "yes",
            write: "403",
            writeAdmin: "403",
            sign: "yes",
            ownSecretId: "yes"
          })
          assert.deepStrictEqual(yield* may("mutt-rotator", rotates), {
            readAdmin: "yes",
            write: "yes",
            writeAdmin: "yes",
            sign: "403",
            ownSecretId: "yes"
          })
          const ends = yield* bao.ask("POST", "auth/approle/role/mutt-programs/secret-id/lookup", {
            secret_id: readFileSync(programs, "utf8").trim()
          })
          assert.match(JSON.stringify(ends), /"secret_id_num_uses":\d\d[,}]/)
          assert.match(JSON.stringify(ends), /"secret_id_ttl":3600[,}]/)
          const before = readFileSync(programs, "utf8")
          yield* bao.init("--secret-id-file", programs)
          assert.strictEqual(readFileSync(programs, "utf8"), before)
          yield* bao.init("--secret-id-file", programs, "--renew")
          assert.notStrictEqual(readFileSync(programs, "utf8"), before)
          assert.strictEqual(lstatSync(programs).mode & 0o777, 0o600)
        }))
    }
  )
})
