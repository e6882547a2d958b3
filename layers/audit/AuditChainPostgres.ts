import { DateTime, Effect, Layer, Option, Stream } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Checkpoint } from "../../src/domain/ChainEntry.ts"
import {
  checkpointText,
  finishVerification,
  signatureFault,
  startVerification,
  verifyNext
} from "../../src/logic/auditChain.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { AuditChain, AuditChainUnavailable } from "./AuditChain.ts"
import { decodeLinks, linkColumns } from "./auditColumns.ts"
import { Checkpoints, type CheckpointsUnavailable } from "./Checkpoints.ts"
import { CheckpointSigner, type CheckpointSignerUnavailable } from "./CheckpointSigner.ts"

const pageSize = 1_000

/** Reads the chain from `config_audit_log`. */
export const AuditChainPostgres = Layer.effect(
  AuditChain,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const checkpoints = yield* Checkpoints
    const signer = yield* CheckpointSigner
    const columns = sql.literal(linkColumns)

    const page = (fromSeq: number) =>
      sql`SELECT ${columns} FROM config_audit_log WHERE id >= ${fromSeq}
        ORDER BY config_audit_log.id LIMIT ${pageSize}`.pipe(
        Effect.flatMap(decodeLinks),
        Effect.catchTag(
          "SchemaError",
          () => new AuditChainUnavailable({ detail: "A row of the chain cannot be read." })
        ),
        Effect.catchTag("SqlError", (error) => unavailable(error))
      )

    const read = (fromSeq: number) =>
      Stream.paginate(fromSeq, (from) =>
        Effect.map(page(from), (entries) => {
          const last = entries.at(-1)
          return [
            entries,
            entries.length < pageSize || last === undefined ? Option.none<number>() : Option.some(last.seq + 1)
          ] as const
        }))

    const checkpoint = Effect.gen(function*() {
      const known = yield* checkpoints.all
      const [head] = yield* sql`SELECT ${columns} FROM config_audit_log
        ORDER BY config_audit_log.id DESC LIMIT 1`.pipe(Effect.flatMap(decodeLinks))
      if (head === undefined || known.some(({ seq }) => seq === head.seq)) return undefined
      const fact = { seq: head.seq, entryHash: head.entryHash, at: DateTime.formatIso(yield* DateTime.now) }
      const signature = yield* signer.sign(checkpointText(fact))
      const made: Checkpoint = signature === undefined ? fact : { ...fact, signature }
      yield* checkpoints.add(made)
      return made
    }).pipe(Effect.catchTags({
      SchemaError: () => new AuditChainUnavailable({ detail: "The head of the chain cannot be read." }),
      SqlError: unavailable,
      CheckpointsUnavailable: withoutCheckpoints,
      SealUnavailable: withoutCheckpoints
    }))

    const verify = Effect.gen(function*() {
      const all = yield* Effect.catch(checkpoints.all, withoutCheckpoints)
      const known = new Map(all.map((mark) => [mark.seq, mark]))
      const state = yield* Stream.runFold(read(1), () => startVerification, (at, entry) => verifyNext(at, entry, known))
      const signed = all.flatMap((mark) =>
        mark.signature === undefined ? [] : [{ mark, text: checkpointText(mark), signature: mark.signature }]
      )
      // When the key does not answer, the chain may still be whole: `verified` is 0 then.
      const good = yield* signer.verify(signed).pipe(
        droppedAt("audit.signatures", "The signatures of the checkpoints could not be checked.")
      )
      const bad = new Set(signed.filter((_, n) => good?.[n] === false).map(({ mark }) => mark))
      const forged = good === undefined ? undefined : signatureFault(all, (mark) => !bad.has(mark))
      const { checked, fault, head } = finishVerification(state, known)
      return {
        checked,
        head,
        fault: fault ?? forged,
        checkpoints: {
          known: all.length,
          signed: signed.length,
          verified: good?.filter((one) => one).length ?? 0
        }
      }
    })

    return AuditChain.of({ read, checkpoint, verify })
  })
)

const unavailable = (error: SqlError.SqlError) => new AuditChainUnavailable({ detail: error.reason._tag })
const withoutCheckpoints = (error: CheckpointsUnavailable | CheckpointSignerUnavailable) =>
  new AuditChainUnavailable({ detail: error.detail })
