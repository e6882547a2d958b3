import { Effect, FileSystem, Layer } from "effect"
import { Environment } from "../environment/Environment.ts"
import type { Vault } from "../vault/Vault.ts"
import { SecretWriterEnv, SecretWriterNone } from "./SecretWriterEnv.ts"
import { SecretWriterFile } from "./SecretWriterFile.ts"
import { SecretWriterVault } from "./SecretWriterVault.ts"

/**
 * Writes the store that `MUTT_SECRETS` names. A Vault is written through `rotator`, which logs in with a role of its own; without one
 * nothing is written.
 */
export const SecretWriterLayer = <E, R>(controller: Layer.Layer<Vault, E, R> | undefined) =>
  Layer.unwrap(Effect.gen(function*() {
    const { secrets: { kind, path } } = yield* Environment
    const files = yield* FileSystem.FileSystem
    if (kind === "env") return SecretWriterEnv
    if (kind === "file") {
      return SecretWriterFile(path ?? "").pipe(Layer.provide(Layer.succeed(FileSystem.FileSystem, files)))
    }
    return controller === undefined
      ? SecretWriterNone(
        "vault",
        "VAULT_ROTATOR_ROLE_ID and VAULT_ROTATOR_SECRET_ID_FILE are not set for the web-ui program; scripts/vault-init.sh makes the role."
      )
      : SecretWriterVault.pipe(Layer.provide(controller))
  }))
