import { Context, type Effect, type Redacted, Schema, type Stream } from "effect"

/** The store did not answer or holds something unreadable. What was read before stays in use. */
export class SecretStoreUnavailable extends Schema.TaggedError<SecretStoreUnavailable>()("SecretStoreUnavailable", {
  store: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `${this.store}: ${this.detail}`
  }
}

/**
 * Where secrets are kept: names to values, in one flat layout whatever the store
 * (`DB_USER`, `DB_PASS_CURRENT`, `DB_PASS_NEXT`, `INGEST_API_KEY`, …).
 */
export class SecretStore extends Context.Service<SecretStore, {
  readonly kind: "env" | "file" | "vault"
  /** Everything, in one consistent read. */
  readonly read: Effect.Effect<ReadonlyMap<string, Redacted.Redacted>, SecretStoreUnavailable>
  /** An element whenever the store may have changed, where it can be told early: it is read every 5 seconds anyhow. Never fails. */
  readonly changes: Stream.Stream<void>
}>()("mutt/layers/secret/SecretStore") {}
