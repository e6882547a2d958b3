import { Effect, Layer, Ref, Stream } from "effect"
import { Vault, type VaultFailed, type VaultSecret } from "../vault/Vault.ts"
import { withoutEmpty } from "./names.ts"
import { SecretStore, SecretStoreUnavailable } from "./SecretStore.ts"

/** Reads secrets from Vault: the metadata each time, the secret itself only when they have changed. */
export const SecretStoreVault = Layer.effect(
  SecretStore,
  Effect.gen(function*() {
    const vault = yield* Vault
    const last = yield* Ref.make<{ readonly stamp: string; readonly secret: VaultSecret } | undefined>(undefined)

    const unavailable = ({ message }: VaultFailed) => new SecretStoreUnavailable({ store: "vault", detail: message })

    const read = Effect.gen(function*() {
      const stamp = yield* vault.stamp
      const known = yield* Ref.get(last)
      // A change between the two requests leaves the older stamp, and is seen with the next read.
      const secret = known?.stamp === stamp ? known.secret : yield* vault.read
      yield* Ref.set(last, { stamp, secret })
      return withoutEmpty(secret.values)
    }).pipe(Effect.mapError(unavailable))

    return SecretStore.of({ kind: "vault", read, changes: Stream.empty })
  })
)
