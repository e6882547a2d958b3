import { Context, type Effect, type Redacted, Schema, type Stream } from "effect"
import type { Credential, CredentialVersion } from "../../src/domain/Credential.ts"
import type { Caller } from "../../src/domain/Role.ts"
import type { AddressRange } from "../../src/logic/addresses.ts"

/** The store has no value of this name, or none that can be used: `problem` says why. */
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

/** The server refused both values. Open sessions go on; attempts back off and succeed when the store is corrected. */
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

/** A key and the caller that it lets in. Both slots of a name are listed. */
export interface ApiKey {
  readonly caller: Caller
  readonly value: Redacted.Redacted
  /** The addresses it is good from; `undefined`: from anywhere. */
  readonly from?: ReadonlyArray<AddressRange> | undefined
}

/** The secrets of this process, read at start and followed. A store that is down takes no working credential away. */
export class Secrets extends Context.Service<Secrets, {
  readonly get: (name: string) => Effect.Effect<Credential, SecretMissing>
  /** A plain value such as `DB_USER`. */
  readonly text: (name: string) => Effect.Effect<Redacted.Redacted, SecretMissing>
  /** The values to try, the one that `worked` last first. */
  readonly candidates: (name: string) => Effect.Effect<ReadonlyArray<CredentialVersion>, SecretMissing>
  readonly worked: (name: string, candidate: CredentialVersion) => Effect.Effect<void>
  /** Has the store read soon: one read at a time, at most one a second. */
  readonly refresh: Effect.Effect<void>
  /** Counts a value that a server refused, and has the store read as `refresh` does. */
  readonly refused: (name: string, candidate: CredentialVersion) => Effect.Effect<void>
  /** Every key that lets a caller in. */
  readonly apiKeys: Effect.Effect<ReadonlyArray<ApiKey>>
  /** An element now, and whenever the generation of any secret changes. */
  readonly changes: Stream.Stream<void>
  readonly status: Effect.Effect<SecretsStatus>
}>()("mutt/layers/secret/Secrets") {}
