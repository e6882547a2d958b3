import { DateTime, Effect, Layer, Option, Schema, Stream } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { ChainEntry, Checkpoint } from "../../src/domain/ChainEntry.ts"
import {
  checkpointText,
  finishVerification,
  signatureFault,
  startVerification,
  verifyNext
} from "../../src/logic/auditChain.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { AuditChain, AuditChainUnavailable } from "./AuditChain.ts"
import { Checkpoints, type CheckpointsUnavailable } from "./Checkpoints.ts"
import { CheckpointSigner, type CheckpointSignerUnavailable } from "./CheckpointSigner.ts"

const Values = Schema.NullOr(Schema.Record(Schema.String, Schema.Json))

const Row = Schema.Struct({
  id: Schema.FiniteFromString,
  changed_at: Schema.Date,
  changed_by: Schema.String,
  operation: Schema.Literals(["CREATE", "UPDATE", "DELETE"]),
  table_name: Schema.String,
  record_id: Schema.String,
  old_values: Values,
  new_values: Values,
  reason: Schema.NullOr(Schema.String),
  correlation_id: Schema.NullOr(Schema.String),
  previous_hash: Schema.String,
  entry_hash: Schema.String
})

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))
const pageSize = 1_000

/** The chain over `config_audit_log`. */
export const AuditChainPostgres = Layer.effect(
  AuditChain,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const checkpoints = yield* Checkpoints
    const signer = yield* CheckpointSigner

    const page = (fromSeq: number) =>
      sql`SELECT id::text, changed_at, changed_by, operation, table_name, record_id, old_values, new_values, reason,
          correlation_id, previous_hash, entry_hash
        FROM config_audit_log WHERE id >= ${fromSeq} ORDER BY config_audit_log.id LIMIT ${pageSize}`.pipe(
        Effect.flatMap(decodeRows),
        Effect.map((rows) => rows.map(entryOf)),
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
      const [head] = yield* sql`SELECT id::text, changed_at, changed_by, operation, table_name, record_id, old_values,
          new_values, reason, correlation_id, previous_hash, entry_hash
        FROM config_audit_log ORDER BY config_audit_log.id DESC LIMIT 1`.pipe(Effect.flatMap(decodeRows))
      if (head === undefined || known.some(({ seq }) => seq === head.id)) return undefined
      const fact = { seq: head.id, entryHash: head.entry_hash, at: DateTime.formatIso(yield* DateTime.now) }
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
      // A key that cannot be asked says nothing against the chain: `verified` tells that nobody looked.
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

const entryOf = (row: typeof Row.Type): ChainEntry => ({
  seq: row.id,
  table: row.table_name,
  key: row.record_id,
  operation: row.operation,
  before: row.old_values,
  after: row.new_values,
  actor: row.changed_by,
  reason: row.reason,
  correlationId: row.correlation_id,
  at: row.changed_at.toISOString(),
  previousHash: row.previous_hash,
  entryHash: row.entry_hash
})

const unavailable = (error: SqlError.SqlError) => new AuditChainUnavailable({ detail: error.reason._tag })
const withoutCheckpoints = (error: CheckpointsUnavailable | CheckpointSignerUnavailable) =>
  new AuditChainUnavailable({ detail: error.detail })
