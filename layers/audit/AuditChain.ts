import { Context, type Effect, Schema, type Stream } from "effect"
import type { AuditCut, ChainEntry, Checkpoint } from "../../src/domain/ChainEntry.ts"
import type { ChangeAuthor } from "../../src/domain/Change.ts"
import type { ChainFault, Verification } from "../../src/logic/auditChain.ts"

/** The chain or its checkpoints cannot be read or written. */
export class AuditChainUnavailable extends Schema.TaggedError<AuditChainUnavailable>()("AuditChainUnavailable", {
  detail: Schema.String
}) {}

/** The chain is not as it was written since the last checkpoint, so that no further one attests it. */
export class AuditChainBroken extends Schema.TaggedError<AuditChainBroken>()("AuditChainBroken", {
  seq: Schema.Int,
  fault: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return this.detail
  }
}

export interface ChainVerification extends Verification {
  /** All checkpoints, those with a signature, and those whose signature was found good. */
  readonly checkpoints: { readonly known: number; readonly signed: number; readonly verified: number }
  /** Where the database was restored, and which link says so; oldest first. */
  readonly cuts: ReadonlyArray<AuditCut & { readonly link: number; readonly at: string }>
}

/** A cut, and the link that tells of it. */
export interface AuditRestored extends AuditCut {
  readonly link: number
}

/** Reads and checks the chain of `ConfigAudit`: the hash of each row covers all rows before it, so tampering shows. */
export class AuditChain extends Context.Service<AuditChain, {
  /** From `seq` on, oldest first. */
  readonly read: (fromSeq: number) => Stream.Stream<ChainEntry, AuditChainUnavailable>
  /**
   * Checks what grew since the last checkpoint, and the signature of that one, and writes the head to the file outside
   * the database. `undefined`: the chain is empty or has not grown.
   */
  readonly checkpoint: Effect.Effect<Checkpoint | undefined, AuditChainUnavailable | AuditChainBroken>
  /** What the newest check before a checkpoint found. */
  readonly fault: Effect.Effect<ChainFault | undefined>
  /** Checks every link and every checkpoint, and their signatures when there is a key. */
  readonly verify: Effect.Effect<ChainVerification, AuditChainUnavailable>
  /**
   * Adds to the chain, and attests by a checkpoint, that the database was restored and what it has lost of the chain.
   * `undefined`: nothing is missing. It fails, and changes nothing, when the chain has another fault than that.
   */
  readonly restored: (
    author: ChangeAuthor
  ) => Effect.Effect<AuditRestored | undefined, AuditChainUnavailable | AuditChainBroken>
}>()("mutt/layers/audit/AuditChain") {}
