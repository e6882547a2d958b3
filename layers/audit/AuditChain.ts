import { Context, type Effect, Schema, type Stream } from "effect"
import type { ChainEntry, Checkpoint } from "../../src/domain/ChainEntry.ts"
import type { Verification } from "../../src/logic/auditChain.ts"

/** The chain or its checkpoints cannot be read or written. */
export class AuditChainUnavailable extends Schema.TaggedError<AuditChainUnavailable>()("AuditChainUnavailable", {
  detail: Schema.String
}) {}

/**
 * The chain that the rows of `ConfigAudit` form: each covers all before it by its hash, so that a change to the past shows.
 */
export class AuditChain extends Context.Service<AuditChain, {
  /** From `seq` on, oldest first. */
  readonly read: (fromSeq: number) => Stream.Stream<ChainEntry, AuditChainUnavailable>
  /** Notes where the chain stands in the append-only file outside the database. `undefined`: the chain is empty or has not grown. */
  readonly checkpoint: Effect.Effect<Checkpoint | undefined, AuditChainUnavailable>
  /** Checks every link and every checkpoint. */
  readonly verify: Effect.Effect<Verification, AuditChainUnavailable>
}>()("mutt/layers/audit/AuditChain") {}
