import { Effect, Layer } from "effect"
import { Vault, type VaultFailed } from "../vault/Vault.ts"
import { SecretStoreUnavailable } from "./SecretStore.ts"
import { SecretStoreReadOnly, SecretWriteConflict, SecretWriter } from "./SecretWriter.ts"

/** Writes by check-and-set. Needs a `Vault` that is logged in with the rotator's role. */
export const SecretWriterVault = Layer.effect(
  SecretWriter,
  Effect.gen(function*() {
    const vault = yield* Vault
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
  })
)
