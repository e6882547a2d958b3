import { Context, type Effect, Schema } from "effect"
import type { SecretValues } from "../../src/domain/SecretValues.ts"

/** Vault did not do what it was asked. Says what was asked and how it was answered, and nothing of what was sent. */
export class VaultFailed extends Schema.TaggedError<VaultFailed>()("VaultFailed", {
  operation: Schema.Literals(["login", "unwrap", "renew", "lookup", "read", "metadata", "write", "sign", "verify"]),
  reason: Schema.Literals(["unreachable", "timeout", "refused", "absent", "conflict", "failed", "unreadable"]),
  /** HTTP status; 0 when there was no answer. */
  status: Schema.Int
}) {
  override get message() {
    return `Vault: ${this.operation} failed (${this.reason}${this.status === 0 ? "" : `, status ${this.status}`})`
  }
}

/** One version of the secret. */
export interface VaultSecret {
  readonly version: number
  readonly values: SecretValues
}

export interface SignedText {
  readonly text: string
  readonly signature: string
}

/** The one secret of MUTT in Vault's key-value store (version 2), and a key that signs, reached with a login that is kept alive. */
export class Vault extends Context.Service<Vault, {
  /** Changes whenever the secret does; asks for metadata alone. */
  readonly stamp: Effect.Effect<string, VaultFailed>
  readonly read: Effect.Effect<VaultSecret, VaultFailed>
  /**
   * Replaces the secret if `ifVersion` is still its newest version (0: if there is none), else fails with `conflict`. Answers the new
   * version.
   */
  readonly write: (
    values: SecretValues,
    ifVersion: number
  ) => Effect.Effect<number, VaultFailed>
  /** Signs with the key of the transit engine; `absent` when none is named. */
  readonly sign: (text: string) => Effect.Effect<string, VaultFailed>
  /** Which signatures that key made, in their order. */
  readonly verify: (signed: ReadonlyArray<SignedText>) => Effect.Effect<ReadonlyArray<boolean>, VaultFailed>
}>()("mutt/layers/vault/Vault") {}
