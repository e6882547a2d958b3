import { Context, type Effect, type Redacted, Schema } from "effect"
import type { Slot } from "../../src/domain/Credential.ts"
import type { Program } from "../../src/domain/Settings.ts"

/** Redis does not answer, so nobody can be asked. */
export class SecretInstancesUnavailable
  extends Schema.TaggedError<SecretInstancesUnavailable>()("SecretInstancesUnavailable", { detail: Schema.String })
{}

/** How a fresh connection went that was asked for. */
export interface Proof {
  /** As `SecretInstances.prove` answered. */
  readonly request: string
  readonly ok: boolean
  /** Empty when it went well. */
  readonly detail: string
}

/** What one process says of one secret. */
export interface SecretHolding {
  /** Grows whenever either value changes in this process; starts anew with it. */
  readonly generation: number
  /** Slot → fingerprint. */
  readonly slots: Readonly<Partial<Record<Slot, string>>>
  /** Generation → open connections logged in with it. Absent when this process opens no connections with the secret. */
  readonly connections?: Readonly<Record<string, number>> | undefined
  /** The newest proof asked for; absent as long as there was none. */
  readonly proof?: Proof | undefined
}

export interface SecretInstance {
  readonly program: Program
  readonly instance: string
  /** The process cannot read its store; it goes on with what it read before. */
  readonly stale: boolean
  /** Name (`DB_PASS`, `INGEST_API_KEY`, …) → what it holds. */
  readonly holdings: Readonly<Record<string, SecretHolding>>
  /** When it last said so; epoch milliseconds of the Redis server, which `SecretFleet.now` is too. */
  readonly seen: number
}

export interface SecretFleet {
  readonly now: number
  /** One that ended is not listed, and one that has said nothing for a minute is taken for ended. */
  readonly instances: ReadonlyArray<SecretInstance>
}

/**
 * The processes that live and which values of each secret they hold. Every process reports each second and at each change.
 *
 * Fingerprints here are comparable between processes: an HMAC under a random key that lives in Redis.
 */
export class SecretInstances extends Context.Service<SecretInstances, {
  readonly list: Effect.Effect<SecretFleet, SecretInstancesUnavailable>
  /** Asks every process to read its store now. */
  readonly nudge: Effect.Effect<void, SecretInstancesUnavailable>
  /**
   * Asks every process that opens connections with this secret to open a fresh one with the value of this fingerprint and report.
   * Answers the name of the request. A process that does not hold that value reports that it failed.
   */
  readonly prove: (name: string, fingerprint: string) => Effect.Effect<string, SecretInstancesUnavailable>
  readonly fingerprint: (value: Redacted.Redacted) => Effect.Effect<string, SecretInstancesUnavailable>
}>()("mutt/layers/instances/SecretInstances") {}
