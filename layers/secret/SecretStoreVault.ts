import { Effect, Layer, Ref, Stream } from "effect"
import { Vault, type VaultDocument, type VaultFailed, type VaultSecret } from "../vault/Vault.ts"
import { withoutEmpty } from "./names.ts"
import { SecretStore, SecretStoreUnavailable } from "./SecretStore.ts"

const follow = (vault: VaultDocument) =>
  Effect.gen(function*() {
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

/** Reads secrets from Vault: the metadata each time, the secret itself only when they have changed. */
export const SecretStoreVault = Layer.effect(SecretStore, Effect.flatMap(Vault, follow))

/** Reads the web-ui's own document. One that nobody made holds nothing: earlier versions had one for all programs. */
export const SecretStoreVaultAdmin = Layer.effect(
  SecretStore,
  Effect.flatMap(Vault, ({ admin }) => {
    let found = false
    const isAbsent = (error: VaultFailed) => !found && isNotThere(error)
    const read = admin.read.pipe(
      Effect.tap(() => Effect.sync(() => void (found = true))),
      Effect.catchIf(isAbsent, () => Effect.succeed(emptyDocument))
    )
    const stamp = admin.stamp.pipe(Effect.catchIf(isAbsent, () => Effect.succeed("absent")))
    return follow({ ...admin, read, stamp })
  })
)

export const emptyDocument: VaultSecret = { version: 0, values: new Map() }
/** Nobody made it, or a policy of earlier versions does not know of it. */
export const isNotThere = ({ reason, status }: VaultFailed): boolean => reason === "absent" || status === 403
