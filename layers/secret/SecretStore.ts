import { Context, type Effect, Schema, type Stream } from "effect"
import type { SecretValues } from "../../src/domain/SecretValues.ts"

/** The store did not answer or holds something unreadable. What was read before stays in use. */
export class SecretStoreUnavailable extends Schema.TaggedError<SecretStoreUnavailable>()("SecretStoreUnavailable", {
  store: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `${this.store}: ${this.detail}`
  }
}

/** Keeps the secrets, in one flat layout whatever the store: `DB_USER`, `DB_PASS_CURRENT`, `DB_PASS_NEXT`, … */
export class SecretStore extends Context.Service<SecretStore, {
  readonly kind: "env" | "file" | "vault"
  /** Everything, in one consistent read. */
  readonly read: Effect.Effect<SecretValues, SecretStoreUnavailable>
  /** An element when a store may have changed that can say so. It is read every 5 seconds anyhow. */
  readonly changes: Stream.Stream<void>
}>()("mutt/layers/secret/SecretStore") {}
