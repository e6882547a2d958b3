import { Context, type Effect, Schema } from "effect"
import type { CredentialVersion } from "../../src/domain/Credential.ts"

/** PostgreSQL does not answer in time, fails, or refuses both credentials. */
export class PostgresUnavailable extends Schema.TaggedError<PostgresUnavailable>()("PostgresUnavailable", {
  reason: Schema.Literals(["unreachable", "refused", "timeout", "failed"]),
  detail: Schema.String
}) {
  override get message() {
    return `PostgreSQL cannot be used (${this.reason}): ${this.detail}`
  }
}

export interface PostgresStatus {
  readonly connected: boolean
  /** Which credential the newest connection was made with. */
  readonly slot: "CURRENT" | "NEXT" | "none"
  readonly fingerprint: string
  /** Empty when it went well. */
  readonly detail: string
}

/** What a failover of PostgreSQL would cost. */
export interface SyncStandbys {
  /** A commit is answered when so many standbys have it. */
  readonly waitedFor: number
  /** They do, within two seconds. */
  readonly confirm: boolean
}

/**
 * The state of the connections to PostgreSQL. Statements go through `SqlClient` of `effect/sql`, which `PostgresLayer`
 * provides too; its pool falls back from CURRENT to NEXT when a password is refused.
 */
export class Postgres extends Context.Service<Postgres, {
  /** `SELECT 1`, within two seconds. */
  readonly ping: Effect.Effect<void, PostgresUnavailable>
  readonly status: Effect.Effect<PostgresStatus>
  /** Generation of the password → open connections that are logged in with it. */
  readonly connections: Effect.Effect<ReadonlyMap<number, number>>
  readonly syncStandbys: Effect.Effect<SyncStandbys, PostgresUnavailable>
  /** Checks a password with one more connection. Fails as `refused` if it is wrong. */
  readonly prove: (candidate: CredentialVersion) => Effect.Effect<void, PostgresUnavailable>
}>()("mutt/layers/postgres/Postgres") {}
