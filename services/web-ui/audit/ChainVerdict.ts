import { Context, DateTime, Effect, Exit, Layer } from "effect"
import { AuditChain, type AuditChainUnavailable } from "../../../layers/audit/AuditChain.ts"
import type { AuditVerdict } from "../../../src/api/web-ui/AuditLogs.ts"

/** For so long a verdict answers those whom one of before is good enough for. */
const goodFor = "10 minutes"

/** Says whether the chain of changes is whole. */
export class ChainVerdict extends Context.Service<ChainVerdict, {
  /** `cached`: a verdict of before will do, or the one that is being made. Otherwise the whole chain is read. */
  readonly ask: (cached: boolean) => Effect.Effect<typeof AuditVerdict.Type, AuditChainUnavailable>
}>()("mutt/services/web-ui/audit/ChainVerdict") {
  static readonly layer = Layer.effect(
    ChainVerdict,
    Effect.gen(function*() {
      const chain = yield* AuditChain
      const read = Effect.gen(function*() {
        // Of the beginning: what comes while it is read may not have been seen.
        const verified_at = DateTime.formatIso(yield* DateTime.now)
        const { checked, checkpoints, cuts, fault, head } = yield* chain.verify
        return {
          whole: fault === undefined,
          checked,
          head: head === undefined ? null : { seq: head.seq, entry_hash: head.entryHash },
          fault: fault ?? null,
          checkpoints,
          cuts,
          verified_at
        }
      })
      const [known, forget] = yield* Effect.cachedInvalidateWithTTL(
        read,
        (exit) => (Exit.isSuccess(exit) ? goodFor : 0)
      )
      return ChainVerdict.of({ ask: (cached) => (cached ? known : Effect.andThen(forget, known)) })
    })
  )
}
