import type { Option, Redacted } from "effect"

/** The two values of a secret. */
export type Slot = "CURRENT" | "NEXT"

/**
 * A secret as the store holds it now, with at least one of `current` and `next`.
 *
 * `generation` grows each time either value changes. Fingerprints name a value in logs and metrics: the first
 * 8 hexadecimal digits of an HMAC under a key that lives and dies with the process.
 */
export interface Credential {
  readonly name: string
  readonly current: Option.Option<Redacted.Redacted>
  readonly next: Option.Option<Redacted.Redacted>
  readonly generation: number
  /** Epoch milliseconds of the last successful read of the store. */
  readonly fetchedAt: number
}

/** One value to try, with what logs may say of it. */
export interface CredentialVersion {
  readonly slot: Slot
  readonly value: Redacted.Redacted
  readonly fingerprint: string
}
