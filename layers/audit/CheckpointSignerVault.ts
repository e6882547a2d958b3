import { Effect, Layer } from "effect"
import { StaticConfig } from "../environment/Environment.ts"
import { Vault, type VaultFailed } from "../vault/Vault.ts"
import { Seal, type Sealed, SealUnavailable } from "./CheckpointSigner.ts"

/** Signed by Vault's transit engine, when the environment names a key (`VAULT_TRANSIT_KEY`). */
export const SealVault = Layer.effect(
  Seal,
  Effect.gen(function*() {
    const { secrets } = yield* StaticConfig
    const vault = yield* Vault
    const unsigned = Effect.succeed(undefined)
    if (secrets.vault?.transit === undefined) return { sign: () => unsigned, verify: () => unsigned }
    return {
      sign: (text: string) => Effect.mapError(vault.sign(text), unavailable),
      verify: (sealed: ReadonlyArray<Sealed>) => Effect.mapError(vault.verify(sealed), unavailable)
    }
  })
)

const unavailable = ({ message }: VaultFailed) => new SealUnavailable({ detail: message })
