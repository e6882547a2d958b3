import { Effect, Layer, Redacted, Ref, Stream } from "effect"
import { Vault, type VaultFailed, type VaultSecret } from "../vault/Vault.ts"
import { counts } from "./names.ts"
import { SecretStore, SecretStoreUnavailable } from "./SecretStore.ts"

/** Secrets from Vault. A read asks for the metadata, and for the secret itself only when that says something new. */
export const SecretStoreVault = Layer.effect(
  SecretStore,
  Effect.gen(function*() {
    const vault = yield* Vault
    const last = yield* Ref.make<{ readonly stamp: string; readonly secret: VaultSecret } | undefined>(undefined)

    const unavailable = ({ message }: VaultFailed) => new SecretStoreUnavailable({ store: "vault", detail: message })

    const read = Effect.gen(function*() {
      const stamp = yield* vault.stamp
      const known = yield* Ref.get(last)
      // The stamp is older than the secret if anything, so a change in between is seen at the next look.
      const secret = known?.stamp === stamp ? known.secret : yield* vault.read
      yield* Ref.set(last, { stamp, secret })
      return new Map([...secret.values].filter(([name, value]) => counts(name, Redacted.value(value))))
    }).pipe(Effect.mapError(unavailable))

    return SecretStore.of({ kind: "vault", read, changes: Stream.empty })
  })
)
