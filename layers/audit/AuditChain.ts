import { Context, type Effect, Schema, type Stream } from "effect"
import type { ChainEntry, Checkpoint } from "../../src/domain/ChainEntry.ts"
import type { Verification } from "../../src/logic/auditChain.ts"

/** The chain or its checkpoints cannot be read or written. */
export class AuditChainUnavailable extends Schema.TaggedError<AuditChainUnavailable>()("AuditChainUnavailable", {
  detail: Schema.String
}) {}

export interface ChainVerification extends Verification {
  /** All checkpoints, those with a signature, and those whose signature was found good. */
  readonly checkpoints: { readonly known: number; readonly signed: number; readonly verified: number }
}

/** Reads and checks the chain of `ConfigAudit`: the hash of each row covers all rows before it, so tampering shows. */
export class AuditChain extends Context.Service<AuditChain, {
  /** From `seq` on, oldest first. */
  readonly read: (fromSeq: number) => Stream.Stream<ChainEntry, AuditChainUnavailable>
  /** Writes the head of the chain to the file outside the database. `undefined`: the chain is empty or has not grown. */
  readonly checkpoint: Effect.Effect<Checkpoint | undefined, AuditChainUnavailable>
  /** Checks every link and every checkpoint, and their signatures when there is a key. */
  readonly verify: Effect.Effect<ChainVerification, AuditChainUnavailable>
}>()("mutt/layers/audit/AuditChain") {}
