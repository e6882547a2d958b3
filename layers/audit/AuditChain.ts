import { Context, type Effect, Schema, type Stream } from "effect"
import type { ChainEntry, Checkpoint } from "../../src/domain/ChainEntry.ts"
import type { Verification } from "../../src/logic/auditChain.ts"

/** The chain or its checkpoints cannot be read or written. */
export class AuditChainUnavailable extends Schema.TaggedError<AuditChainUnavailable>()("AuditChainUnavailable", {
  detail: Schema.String
}) {}

export interface ChainVerification extends Verification {
  /** How many there are, how many of them are signed, and of how many the signature was found good. */
  readonly checkpoints: { readonly known: number; readonly signed: number; readonly verified: number }
}

/**
 * The chain that the rows of `ConfigAudit` form: each covers all before it by its hash, so that a change to the past shows.
 */
export class AuditChain extends Context.Service<AuditChain, {
  /** From `seq` on, oldest first. */
  readonly read: (fromSeq: number) => Stream.Stream<ChainEntry, AuditChainUnavailable>
  /** Notes where the chain stands in the append-only file outside the database. `undefined`: the chain is empty or has not grown. */
  readonly checkpoint: Effect.Effect<Checkpoint | undefined, AuditChainUnavailable>
  /** Checks every link, every checkpoint, and the signatures of those if there is a key. */
  readonly verify: Effect.Effect<ChainVerification, AuditChainUnavailable>
}>()("mutt/layers/audit/AuditChain") {}
