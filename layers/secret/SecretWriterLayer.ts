import { Effect, type FileSystem, Layer } from "effect"
import { Environment } from "../environment/Environment.ts"
import type { Vault } from "../vault/Vault.ts"
import { SecretStoreReadOnly, SecretWriter } from "./SecretWriter.ts"
import { SecretWriterFile } from "./SecretWriterFile.ts"
import { SecretWriterVault } from "./SecretWriterVault.ts"

const SecretWriterNone = (store: string, detail: string) => {
  const refused = Effect.suspend(() => Effect.fail(new SecretStoreReadOnly({ store, detail })))
  return Layer.succeed(SecretWriter, { read: refused, write: () => refused })
}

/** Says what to do instead: the environment of a process is given at its start. */
export const SecretWriterEnv = SecretWriterNone(
  "env",
  "Secrets in the environment cannot be changed while programs run. Rotate by hand, as docs/SECRET_ROTATION_PROCEDURE.md says, or keep secrets in a file or in Vault."
)

/**
 * Writes the store that `MUTT_SECRETS` names. A Vault is written through `rotator`, which logs in with a role of its
 * own; without one nothing is written.
 */
export const SecretWriterLayer = <E, R>(rotator: Layer.Layer<Vault, E, R> | undefined) =>
  Layer.unwrap(
    Effect.map(
      Environment,
      ({ secrets: { adminPath, kind, path } }): Layer.Layer<SecretWriter, E, FileSystem.FileSystem | R> => {
        if (kind === "env") return SecretWriterEnv
        if (kind === "file") return SecretWriterFile(path ?? "", adminPath)
        return rotator === undefined
          ? SecretWriterNone(
            "vault",
            "VAULT_ROTATOR_ROLE_ID and VAULT_ROTATOR_SECRET_ID_FILE are not set for the web-ui program; scripts/vault-init.sh makes the role."
          )
          : SecretWriterVault.pipe(Layer.provide(rotator))
      }
    )
  )
