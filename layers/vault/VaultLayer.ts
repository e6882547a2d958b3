import { Effect, FileSystem, Layer } from "effect"
import { Environment } from "../environment/Environment.ts"
import type { LoginOptions } from "./login.ts"
import { Vault, VaultFailed } from "./Vault.ts"
import { VaultNode } from "./VaultNode.ts"

/** Where secrets are kept elsewhere, nothing is loaded or asked. */
const VaultAbsent = Layer.sync(Vault, () => {
  const absent = (operation: VaultFailed["operation"]) =>
    Effect.fail(new VaultFailed({ operation, reason: "absent", status: 0 }))
  const nothing = { stamp: absent("metadata"), read: absent("read"), write: () => absent("write") }
  return Vault.of({
    ...nothing,
    admin: nothing,
    secretId: absent("lookup"),
    sign: () => absent("sign"),
    verify: () => absent("verify")
  })
})

/** The Vault of the environment, logged in to with this role or else with the environment's. */
export const VaultAs = (login?: LoginOptions) =>
  Layer.unwrap(Effect.gen(function*() {
    const { secrets: { vault } } = yield* Environment
    if (vault === undefined) return VaultAbsent
    const files = yield* FileSystem.FileSystem
    const ca = vault.caPath === undefined ? undefined : yield* Effect.orDie(files.readFileString(vault.caPath))
    return VaultNode({ ...vault, ...login, ca })
  }))

export const VaultLayer = VaultAs()
