import { Effect, FileSystem, Layer } from "effect"
import { Environment } from "../environment/Environment.ts"
import type { LoginOptions } from "./login.ts"
import { Vault, VaultFailed } from "./Vault.ts"
import { VaultNode } from "./VaultNode.ts"

/** For set-ups whose secrets are elsewhere. */
const VaultAbsent = Layer.sync(Vault, () => {
  const absent = (operation: VaultFailed["operation"]) =>
    Effect.fail(new VaultFailed({ operation, reason: "absent", status: 0 }))
  return Vault.of({
    stamp: absent("metadata"),
    read: absent("read"),
    write: () => absent("write"),
    sign: () => absent("sign"),
    verify: () => absent("verify")
  })
})

/** The Vault that the environment names. Nothing is loaded or asked where secrets are kept elsewhere. */
export const VaultLayer = Layer.unwrap(Effect.gen(function*() {
  const { secrets: { vault } } = yield* Environment
  if (vault === undefined) return VaultAbsent
  const files = yield* FileSystem.FileSystem
  const ca = vault.caPath === undefined ? undefined : yield* Effect.orDie(files.readFileString(vault.caPath))
  return VaultNode({ ...vault, ca })
}))

/** The same Vault, logged in to with another role. */
export const VaultAs = (login: LoginOptions) =>
  Layer.unwrap(Effect.gen(function*() {
    const config = yield* Environment
    const { secrets } = config
    const vault = secrets.vault === undefined ? undefined : { ...secrets.vault, ...login }
    return Layer.fresh(VaultLayer).pipe(
      Layer.provide(Layer.succeed(Environment, { ...config, secrets: { ...secrets, vault } }))
    )
  }))
