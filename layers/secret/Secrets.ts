import { Context, type Effect, type Redacted, Schema, type Stream } from "effect"
import type { Credential, CredentialVersion } from "../../src/domain/Credential.ts"
import type { Caller } from "../../src/domain/Role.ts"
import type { AddressRange } from "../../src/logic/addresses.ts"

/** The store has neither `NAME_CURRENT`, `NAME_NEXT` nor the legacy `NAME`, or none that can be used: `problem` says why. */
export class SecretMissing extends Schema.TaggedError<SecretMissing>()("SecretMissing", {
  name: Schema.String,
  store: Schema.String,
  problem: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    return this.problem === undefined
      ? `The secret ${this.name} is not in the store (${this.store}).`
      : `The secret ${this.name} in the store (${this.store}) cannot be used: it ${this.problem}.`
  }
}

/** Both values were refused by the server they are for. Open sessions go on; attempts back off and heal when the store is mended. */
export class BothCredentialsRefused extends Schema.TaggedError<BothCredentialsRefused>()("BothCredentialsRefused", {
  name: Schema.String,
  store: Schema.String,
  generation: Schema.Int,
  fingerprints: Schema.Array(Schema.String)
}) {
  override get message() {
    return `Every value of ${this.name} in the store (${this.store}) was refused (generation ${this.generation}: ${
      this.fingerprints.join(", ")
    }).`
  }
}

export interface SecretsStatus {
  readonly store: "env" | "file" | "vault"
  /** The last read failed, or some of it could not be used; what was read before is in use. */
  readonly stale: boolean
  readonly ageMs: number
  /** How many values in the store cannot be used; the log names them. */
  readonly unusable: number
  /** Name → slot → fingerprint. */
  readonly credentials: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** An API key a caller may use. Both slots of a name are listed. */
export interface ApiKey {
  readonly caller: Caller
  readonly value: Redacted.Redacted
  /** The addresses it is good from; `undefined`: from anywhere. */
  readonly from?: ReadonlyArray<AddressRange> | undefined
}

/**
 * The secrets of this process, hot: read at start, followed while it runs.
 * A store that is down never takes a working credential away.
 */
export class Secrets extends Context.Service<Secrets, {
  readonly get: (name: string) => Effect.Effect<Credential, SecretMissing>
  /** A plain value such as `DB_USER`. */
  readonly text: (name: string) => Effect.Effect<Redacted.Redacted, SecretMissing>
  /**
   * The values to try, preferred first. The preference is sticky: after `worked` says NEXT, new connections start with NEXT.
   */
  readonly candidates: (name: string) => Effect.Effect<ReadonlyArray<CredentialVersion>, SecretMissing>
  readonly worked: (name: string, candidate: CredentialVersion) => Effect.Effect<void>
  /** Reads the store soon (one read at a time, at most one a second). */
  readonly refresh: Effect.Effect<void>
  /** A server refused a value: re-reads the store as `refresh` does. */
  readonly refused: (name: string, candidate: CredentialVersion) => Effect.Effect<void>
  /** Every API key with the caller it stands for: `INGEST_API_KEY`, `WEBUI_API_KEY` (admin), `VIEWER_…`, `OPERATOR_…`, `ADMIN_…` and `API_KEY_<ROLE>_<NAME>`. */
  readonly apiKeys: Effect.Effect<ReadonlyArray<ApiKey>>
  /** Changes of generation of any secret; begins with the current state. */
  readonly changes: Stream.Stream<void>
  readonly status: Effect.Effect<SecretsStatus>
}>()("mutt/layers/secret/Secrets") {}
