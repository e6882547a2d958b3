import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { Vault } from "../../../layers/vault/Vault.ts"
import { VaultNode, type VaultOptions } from "../../../layers/vault/VaultNode.ts"
import type { OpenBao } from "../../support/openBao.ts"

type ByAppRole = Extract<VaultOptions, { readonly roleId: string }>

let count = 0

/** The secret of this server as a program reaches it, which logs in with a secret_id of its own. */
export const programVault = (bao: OpenBao, more: Partial<ByAppRole> = {}, wrap = 0) =>
  Effect.gen(function*() {
    const secretIdFile = bao.file(`secret-id-${++count}`)
    const said = yield* bao.init("--secret-id-file", secretIdFile, "--wrap", String(wrap))
    const roleId = /role mutt-programs: role_id (\S+)/.exec(said)?.[1] ?? ""
    return VaultNode({
      address: bao.url,
      ca: undefined,
      roleId,
      secretIdFile,
      mount: "secret",
      path: "secret/mutt/prod",
      ...more
    }).pipe(Layer.provide(NodeServices.layer))
  })

/** The same as the web-ui reaches it, which signs too. */
export const webUiVault = (bao: OpenBao, more: Partial<ByAppRole> = {}) =>
  Effect.gen(function*() {
    const secretIdFile = bao.file(`webui-${++count}`)
    const said = yield* bao.init("--webui-file", secretIdFile)
    const roleId = /role mutt-webui: role_id (\S+)/.exec(said)?.[1] ?? ""
    return yield* programVault(bao, { roleId, secretIdFile, ...more })
  })

/** The same with rights to write. */
export const rotatorVault = (bao: OpenBao) =>
  Effect.gen(function*() {
    const secretIdFile = bao.file(`rotator-${++count}`)
    const said = yield* bao.init("--rotator-file", secretIdFile)
    const roleId = /role mutt-rotator: role_id (\S+)/.exec(said)?.[1] ?? ""
    return yield* programVault(bao, { roleId, secretIdFile })
  })

export const built = (layer: Layer.Layer<Vault>) =>
  Effect.flatMap(Layer.build(layer), (context) => Effect.provide(Vault, context))

export const secretIn = (file: string) => readFileSync(file, "utf8").trim()
export const fileOf = (path: string, text: string) => {
  writeFileSync(path, text, { mode: 0o600 })
  return path
}
