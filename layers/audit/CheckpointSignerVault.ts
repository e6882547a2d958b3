import { Effect, Layer } from "effect"
import { Environment } from "../environment/Environment.ts"
import { Vault, type VaultFailed } from "../vault/Vault.ts"
import { CheckpointSigner, CheckpointSignerUnavailable, type SignedCheckpoint } from "./CheckpointSigner.ts"

/** Signs with Vault's transit engine when the environment names a key (`VAULT_TRANSIT_KEY`). */
export const CheckpointSignerVault = Layer.effect(
  CheckpointSigner,
  Effect.gen(function*() {
    const { secrets } = yield* Environment
    const vault = yield* Vault
    const unsigned = Effect.succeed(undefined)
    if (secrets.vault?.transit === undefined) return { sign: () => unsigned, verify: () => unsigned }
    return {
      sign: (text: string) => Effect.mapError(vault.sign(text), unavailable),
      verify: (sealed: ReadonlyArray<SignedCheckpoint>) => Effect.mapError(vault.verify(sealed), unavailable)
    }
  })
)

const unavailable = ({ message }: VaultFailed) => new CheckpointSignerUnavailable({ detail: message })
