import { Context, type Effect, Schema } from "effect"
import type { SecretValues } from "../../src/domain/SecretValues.ts"

/** Vault did not do what it was asked. Holds nothing of what was sent. */
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

export interface VaultSecret {
  readonly version: number
  readonly values: SecretValues
}

/** What Vault says of the secret_id that the next login takes. Times of day, in milliseconds. */
export type SecretIdLife =
  | {
    readonly state: "valid"
    readonly role: string
    readonly madeAt: number
    /** `undefined`: it does not end by itself. */
    readonly endsAt: number | undefined
    /** `undefined`: any number. */
    readonly loginsLeft: number | undefined
  }
  /** Vault does not know it any more: its time or its logins are over, or somebody removed it. */
  | { readonly state: "ended"; readonly role: string }
  /** The file holds another one since the login, wrapped: to look at it would use it up. */
  | { readonly state: "wrapped"; readonly role: string }

export interface SignedText {
  readonly text: string
  readonly signature: string
}

/** One secret in Vault's key-value store (version 2). */
export interface VaultDocument {
  /** Another text after each change of the secret. Reads its metadata alone. */
  readonly stamp: Effect.Effect<string, VaultFailed>
  readonly read: Effect.Effect<VaultSecret, VaultFailed>
  /** Replaces the secret, answers its version. `conflict`: `ifVersion` is not the newest (0: there is none). */
  readonly write: (
    values: SecretValues,
    ifVersion: number
  ) => Effect.Effect<number, VaultFailed>
}

/**
 * Reads and writes what MUTT has in Vault, and signs with a key of Vault. The document itself is the one that all
 * programs read; `admin` is for the web-ui alone, which has rights of its own.
 */
export class Vault extends Context.Service<
  Vault,
  VaultDocument & {
    readonly admin: VaultDocument
    /** The life of the secret_id; `refused` with status 403 where the policy is of an earlier version. */
    readonly secretId: Effect.Effect<SecretIdLife, VaultFailed>
    /** Signs with the key of the transit engine; `absent` when none is named. */
    readonly sign: (text: string) => Effect.Effect<string, VaultFailed>
    /** Whether that key made each signature, in their order. */
    readonly verify: (signed: ReadonlyArray<SignedText>) => Effect.Effect<ReadonlyArray<boolean>, VaultFailed>
  }
>()("mutt/layers/vault/Vault") {}
