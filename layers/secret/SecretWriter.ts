import { Context, type Effect, Schema } from "effect"
import type { SecretValues } from "../../src/domain/SecretValues.ts"
import type { SecretStoreUnavailable } from "./SecretStore.ts"

/** Somebody else has written since it was read. Nothing was written. */
export class SecretWriteConflict extends Schema.TaggedError<SecretWriteConflict>()("SecretWriteConflict", {
  store: Schema.String
}) {
  override get message() {
    return `${this.store}: somebody else has written meanwhile.`
  }
}

/** MUTT may not or cannot write this store; `detail` says what to do instead. */
export class SecretStoreReadOnly extends Schema.TaggedError<SecretStoreReadOnly>()("SecretStoreReadOnly", {
  store: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `${this.store}: ${this.detail}`
  }
}

export interface SecretVersion {
  /** Opaque; another one after every change. */
  readonly version: string
  readonly values: SecretValues
}

/** Writes the secret store, for rotations. Apart from `SecretStore`, so that nobody else may write. */
export class SecretWriter extends Context.Service<SecretWriter, {
  /** Fails with `SecretStoreReadOnly` before anything is begun that could not be finished. */
  readonly read: Effect.Effect<SecretVersion, SecretStoreUnavailable | SecretStoreReadOnly>
  /** Replaces everything, if `ifVersion` is still the version of the store. */
  readonly write: (
    values: SecretValues,
    ifVersion: string
  ) => Effect.Effect<void, SecretStoreUnavailable | SecretWriteConflict | SecretStoreReadOnly>
}>()("mutt/layers/secret/SecretWriter") {}
