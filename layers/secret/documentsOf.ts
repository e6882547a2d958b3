import { Effect, type FileSystem, Layer } from "effect"
import type { Program } from "../../src/domain/Settings.ts"
import type { Environment } from "../environment/Environment.ts"
import type { Vault } from "../vault/Vault.ts"
import { isAdminSecret } from "./adminSecrets.ts"
import { baseName } from "./names.ts"
import { SecretStore } from "./SecretStore.ts"
import { SecretStoreEnv } from "./SecretStoreEnv.ts"
import { SecretStoreFile } from "./SecretStoreFile.ts"
import { SecretStoreVault, SecretStoreVaultAdmin } from "./SecretStoreVault.ts"
import { joinedStore } from "./twoDocuments.ts"

const ofAllPrograms = (
  { kind, path }: Environment["Service"]["secrets"]
): Layer.Layer<SecretStore, never, FileSystem.FileSystem | Vault> =>
  kind === "vault" ? SecretStoreVault : kind === "file" ? SecretStoreFile(path ?? "") : SecretStoreEnv

/** Says once which secrets are where every program finds them, though the web-ui alone needs them. */
const warned = (store: SecretStore["Service"]): SecretStore["Service"] => {
  let said = false
  const warn = Effect.fnUntraced(function*(names: Iterable<string>) {
    const misplaced = [...new Set([...names].filter(isAdminSecret).map(baseName))].sort()
    if (said || misplaced.length === 0) return
    said = true
    yield* Effect.logWarning(
      "The secret store gives every program secrets that the web-ui alone needs; docs/SECURITY.md says how to part them."
    ).pipe(Effect.annotateLogs({ secrets: misplaced.join(", ") }))
  })
  return { ...store, read: Effect.tap(store.read, (values) => warn(values.keys())) }
}

/** The documents that this program reads: the one of all programs, and for the web-ui its own besides. */
export const documentsOf = (
  program: Program,
  secrets: Environment["Service"]["secrets"]
): Layer.Layer<SecretStore, never, FileSystem.FileSystem | Vault> => {
  const isWebUi = program === "web-ui"
  // The environment is each program's own.
  if (secrets.kind === "env" && isWebUi) return SecretStoreEnv
  const common = Layer.effect(SecretStore, Effect.map(SecretStore, warned)).pipe(Layer.provide(ofAllPrograms(secrets)))
  const own: Layer.Layer<SecretStore, never, FileSystem.FileSystem | Vault> | undefined = secrets.kind === "vault"
    ? SecretStoreVaultAdmin
    : secrets.adminPath === undefined
    ? undefined
    : SecretStoreFile(secrets.adminPath)
  if (!isWebUi || own === undefined) return common
  return Layer.effect(
    SecretStore,
    Effect.gen(function*() {
      const [programs, admin] = [yield* Layer.build(common), yield* Layer.build(own)]
      return joinedStore(yield* Effect.provide(SecretStore, programs), yield* Effect.provide(SecretStore, admin))
    })
  )
}
