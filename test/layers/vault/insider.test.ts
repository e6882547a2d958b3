import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger } from "effect"
import { needs } from "../../support/needs.ts"
import { type OpenBao, openBao } from "../../support/openBao.ts"
import { secretIn } from "./vaults.ts"

const roles = ["mutt-programs", "mutt-webui", "mutt-rotator"] as const
type RoleName = typeof roles[number]

/** Somebody who has the role_id and the secret_id of a role, and speaks to Vault himself. */
interface Insider {
  readonly bao: OpenBao
  readonly secretId: Readonly<Record<RoleName, string>>
  /** The status of what is asked with the token of this role. */
  readonly status: (role: RoleName, method: string, path: string, body?: unknown) => Effect.Effect<number>
}
class World extends Context.Service<World, Insider>()("test/VaultInsider") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function*() {
      const bao = yield* openBao("memory")
      const file = { "mutt-programs": bao.file("p"), "mutt-webui": bao.file("w"), "mutt-rotator": bao.file("r") }
      const said = yield* bao.init(
        "--secret-id-file",
        file["mutt-programs"],
        "--webui-file",
        file["mutt-webui"],
        "--rotator-file",
        file["mutt-rotator"]
      )
      // What others keep in the same Vault.
      yield* bao.ask("POST", "secret/data/other", { data: { A: "b" } })
      yield* bao.ask("POST", "transit/keys/other", { type: "ed25519", exportable: true })
      const secretId = {
        "mutt-programs": secretIn(file["mutt-programs"]),
        "mutt-webui": secretIn(file["mutt-webui"]),
        "mutt-rotator": secretIn(file["mutt-rotator"])
      }
      const tokens = new Map<RoleName, string>()
      for (const role of roles) {
        const role_id = new RegExp(`role ${role}: role_id (\\S+)`).exec(said)?.[1]
        const answer = yield* bao.ask("POST", "auth/approle/login", { role_id, secret_id: secretId[role] })
        tokens.set(role, bao.find(answer, "client_token"))
      }
      const status = (role: RoleName, method: string, path: string, body?: unknown) =>
        Effect.promise(async () => {
          const answer = await fetch(`${bao.url}/v1/${path}`, {
            method,
            headers: {
              "X-Vault-Token": tokens.get(role) ?? "",
              "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json"
            },
            ...(body === undefined ? {} : { body: JSON.stringify(body) })
          })
          await answer.text()
          return answer.status
        })
      return { bao, secretId, status }
    })
  )
}

const document = { data: { DB_PASS_CURRENT: "forged" } }
const all = `path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }`

/** What none of the roles may do: method, path, body. */
const forbidden: ReadonlyArray<readonly [method: string, path: string, body?: unknown]> = [
  // Other documents, and what there is.
  ["GET", "secret/data/other"],
  ["POST", "secret/data/other", document],
  ["LIST", "secret/metadata/"],
  ["LIST", "secret/metadata/mutt/"],
  ["POST", "secret/data/mutt/prod/admin/more", document],
  ["POST", "secret/config", { max_versions: 1 }],
  // Removing, or bringing an old password back.
  ["DELETE", "secret/data/mutt/prod"],
  ["DELETE", "secret/data/mutt/prod/admin"],
  ["DELETE", "secret/metadata/mutt/prod"],
  ["POST", "secret/delete/mutt/prod", { versions: [1] }],
  ["POST", "secret/undelete/mutt/prod", { versions: [1] }],
  ["PUT", "secret/destroy/mutt/prod", { versions: [1] }],
  ["POST", "secret/metadata/mutt/prod", { max_versions: 1 }],
  // More rights.
  ["POST", "sys/policies/acl/mutt-programs", { policy: all }],
  ["GET", "sys/policies/acl/mutt-rotator"],
  ["POST", "auth/token/create", { policies: ["root"] }],
  ["POST", "auth/token/create", {}],
  ["POST", "auth/approle/role/mutt-programs", { token_policies: ["root"] }],
  ["POST", "auth/approle/role/evil", { token_policies: ["root"] }],
  ["GET", "auth/approle/role/mutt-rotator/role-id"],
  ["POST", "auth/approle/role/mutt-rotator/secret-id", {}],
  ["POST", "auth/approle/role/mutt-programs/secret-id", {}],
  ["LIST", "auth/approle/role/mutt-programs/secret-id"],
  ["POST", "auth/approle/role/mutt-programs/secret-id/destroy", { secret_id: "x" }],
  ["POST", "sys/mounts/mine", { type: "kv" }],
  ["POST", "sys/auth/mine", { type: "approle" }],
  // Keys, and traces.
  ["GET", "transit/keys/mutt-audit"],
  ["GET", "transit/export/signing-key/mutt-audit"],
  ["POST", "transit/keys/mutt-audit/config", { exportable: true, deletion_allowed: true }],
  ["POST", "transit/keys/mutt-audit/rotate", {}],
  ["DELETE", "transit/keys/mutt-audit"],
  ["GET", "transit/export/signing-key/other"],
  ["POST", "transit/sign/other", { input: "eA==" }],
  ["GET", "sys/audit"],
  ["DELETE", "sys/audit/file"],
  ["LIST", "auth/token/accessors"],
  ["PUT", "sys/seal"]
]

needs(["OpenBao", "curl"], () => {
  layer(Layer.merge(World.layer, Logger.layer([])), { excludeTestServices: true })(
    "with a role of MUTT in Vault",
    (it) => {
      it.effect("nobody reads what is another's, removes anything, or gives himself rights", () =>
        Effect.gen(function*() {
          const { status } = yield* World
          for (const role of roles) {
            for (const [method, path, body] of forbidden) {
              assert.strictEqual(yield* status(role, method, path, body), 403, `${role}: ${method} ${path}`)
            }
          }
        }))

      it.effect("nobody does what another of the roles is for", () =>
        Effect.gen(function*() {
          const { status } = yield* World
          const tries = [
            ["GET", "secret/data/mutt/prod", undefined, roles],
            ["GET", "secret/data/mutt/prod/admin", undefined, ["mutt-webui", "mutt-rotator"]],
            ["POST", "transit/sign/mutt-audit", { input: "eA==" }, ["mutt-webui"]],
            ["POST", "secret/data/mutt/prod", document, ["mutt-rotator"]],
            ["PATCH", "secret/data/mutt/prod", document, []],
            ["POST", "secret/data/mutt/prod/admin", document, ["mutt-rotator"]]
          ] as const
          for (const [method, path, body, allowed] of tries) {
            for (const role of roles) {
              const wanted = allowed.some((name) => name === role) ? 200 : 403
              assert.strictEqual(yield* status(role, method, path, body), wanted, `${role}: ${method} ${path}`)
            }
          }
        }))

      it.effect("nobody asks for the life of another role's secret_id, though he holds it", () =>
        Effect.gen(function*() {
          const { secretId, status } = yield* World
          for (const role of roles) {
            for (const other of roles) {
              const path = `auth/approle/role/${other}/secret-id/lookup`
              const answer = yield* status(role, "POST", path, { secret_id: secretId[other] })
              assert.strictEqual(answer, role === other ? 200 : 403, `${role} asks for ${other}`)
            }
          }
        }))
    }
  )
})
