import { Effect, Layer } from "effect"
import { Vault, type VaultDocument, type VaultFailed } from "../vault/Vault.ts"
import { SecretStoreUnavailable } from "./SecretStore.ts"
import { emptyDocument, isNotThere } from "./SecretStoreVault.ts"
import { SecretStoreReadOnly, SecretWriteConflict, SecretWriter } from "./SecretWriter.ts"
import { joinedWriter } from "./twoDocuments.ts"

const writer = (vault: VaultDocument) => {
  const failed = (error: VaultFailed) =>
    error.status === 403
      ? new SecretStoreReadOnly({
        store: "vault",
        detail:
          `Vault refuses it to the role of VAULT_ROTATOR_ROLE_ID (${error.operation}); scripts/vault-init.sh makes one that may.`
      })
      : new SecretStoreUnavailable({ store: "vault", detail: error.message })
  return SecretWriter.of({
    read: vault.read.pipe(
      Effect.map(({ values, version }) => ({ version: String(version), values })),
      Effect.mapError(failed)
    ),
    write: (values, ifVersion) =>
      vault.write(values, Number(ifVersion)).pipe(
        Effect.asVoid,
        Effect.mapError((error) =>
          error.reason === "conflict" ? new SecretWriteConflict({ store: "vault" }) : failed(error)
        )
      )
  })
}

/** Writes both documents by check-and-set. Needs a `Vault` that is logged in with the rotator's role. */
export const SecretWriterVault = Layer.effect(
  SecretWriter,
  Effect.map(Vault, (vault) => {
    const read = vault.admin.read.pipe(Effect.catchIf(isNotThere, () => Effect.succeed(emptyDocument)))
    return joinedWriter(writer(vault), writer({ ...vault.admin, read }))
  })
)
