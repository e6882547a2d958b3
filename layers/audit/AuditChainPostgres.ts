import { DateTime, Effect, Layer, Metric, Option, Ref, Stream } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Checkpoint } from "../../src/domain/ChainEntry.ts"
import type { ChangeAuthor } from "../../src/domain/Change.ts"
import {
  type ChainFault,
  checkpointsInForce,
  checkpointText,
  cutOf,
  finishVerification,
  resumeVerification,
  signatureFault,
  startVerification,
  upTo,
  verifyNext
} from "../../src/logic/auditChain.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { AuditChain, AuditChainBroken, AuditChainUnavailable } from "./AuditChain.ts"
import { decodeLinks, linkColumns } from "./auditColumns.ts"
import { Checkpoints, type CheckpointsUnavailable } from "./Checkpoints.ts"
import { CheckpointSigner, type CheckpointSignerUnavailable } from "./CheckpointSigner.ts"

const pageSize = 1_000

export const chainBroken = Metric.gauge("mutt_audit_chain_broken", {
  description:
    "1 while what the chain of changes grew by since its last checkpoint is not as it was written; none is made then."
})

/** Reads the chain from `config_audit_log`. */
export const AuditChainPostgres = Layer.effect(
  AuditChain,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const checkpoints = yield* Checkpoints
    const signer = yield* CheckpointSigner
    const columns = sql.literal(linkColumns)

    const found = yield* Ref.make<ChainFault | undefined>(undefined)

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

    /** What grew since the last checkpoint, from the link that it names; where there is none, all. */
    const grown = Effect.fnUntraced(function*(known: ReadonlyArray<Checkpoint>) {
      const last = known.reduce<Checkpoint | undefined>((a, b) => (a !== undefined && a.seq > b.seq ? a : b), undefined)
      const marks = new Map(last === undefined ? [] : [[last.seq, last]])
      const state = yield* Stream.runFold(
        read(last?.seq ?? 1),
        () => startVerification,
        (at, entry) => verifyNext(at === startVerification && last ? resumeVerification(last, entry) : at, entry, marks)
      )
      const { seq = 0 } = last ?? {}
      const cut = { seq, fault: "cut" as const, detail: `A checkpoint knows link ${seq}; the chain ends before it.` }
      return { ...state, fault: state === startVerification && last !== undefined ? cut : state.fault, last }
    })

    /** Checks the signatures of some checkpoints, and that none of all lost its own. `undefined`: there is no key. */
    const signatures = (all: ReadonlyArray<Checkpoint>, some: ReadonlyArray<Checkpoint>) => {
      const signed = some.flatMap((mark) =>
        mark.signature === undefined ? [] : [{ mark, text: checkpointText(mark), signature: mark.signature }]
      )
      return Effect.map(signer.verify(signed), (good) => {
        const bad = new Set(signed.filter((_, n) => good?.[n] !== true).map(({ mark }) => mark))
        return good && { verified: signed.length - bad.size, fault: signatureFault(all, (mark) => !bad.has(mark)) }
      })
    }

    /** Signs a head, or says that the database was restored, and keeps it outside. */
    const attest = Effect.fnUntraced(function*(fact: Omit<Checkpoint, "at" | "signature">) {
      const dated = { ...fact, at: DateTime.formatIso(yield* DateTime.now) }
      const signature = yield* signer.sign(checkpointText(dated))
      const made: Checkpoint = signature === undefined ? dated : { ...dated, signature }
      yield* checkpoints.add(made)
      return made
    })

    const tell = Effect.fnUntraced(function*(fault: ChainFault | undefined) {
      yield* Ref.set(found, fault)
      yield* Metric.update(chainBroken, fault === undefined ? 0 : 1)
    })

    const checkpoint = Effect.gen(function*() {
      const known = yield* checkpoints.all
      const { fault: broken, head, last } = yield* grown(checkpointsInForce(known))
      const isGrown = broken === undefined && head !== undefined && head.seq !== last?.seq
      // The next one builds on the last; those before it are for `verify`.
      const fault = isGrown ? (yield* signatures(known, last === undefined ? [] : [last]))?.fault : broken
      yield* tell(fault)
      if (fault !== undefined) return yield* new AuditChainBroken(fault)
      if (!isGrown) return undefined
      return yield* attest({ seq: head.seq, entryHash: head.entryHash })
    }).pipe(Effect.catchTags({ CheckpointsUnavailable: withoutCheckpoints, SealUnavailable: withoutCheckpoints }))

    /** Checks every link against the checkpoints. */
    const against = (marks: ReadonlyArray<Checkpoint>) => {
      const known = new Map(marks.map((mark) => [mark.seq, mark]))
      return Effect.map(
        Stream.runFold(read(1), () => startVerification, (at, entry) => verifyNext(at, entry, known)),
        (state) => finishVerification(state, known)
      )
    }

    const verify = Effect.gen(function*() {
      const all = yield* Effect.catch(checkpoints.all, withoutCheckpoints)
      const { checked, fault, head } = yield* against(checkpointsInForce(all))
      // When the key does not answer, the chain may still be whole: `verified` is 0 then.
      const signed = yield* signatures(all, all).pipe(
        droppedAt("audit.signatures", "The signatures of the checkpoints could not be checked.")
      )
      return {
        checked,
        head,
        fault: fault ?? signed?.fault,
        checkpoints: {
          known: all.length,
          signed: all.filter(({ signature }) => signature !== undefined).length,
          verified: signed?.verified ?? 0
        },
        cuts: all.flatMap(({ at, restored, seq }) => restored === undefined ? [] : [{ ...restored, at, link: seq }])
      }
    })

    const restored = Effect.fn("AuditChain.restored")(function*(author: ChangeAuthor) {
      const all = yield* checkpoints.all
      const inForce = checkpointsInForce(all)
      const { fault, head } = yield* against(inForce)
      if (fault === undefined) return undefined
      const cut = cutOf(fault, inForce)
      // A forged checkpoint may name any cut.
      const rest = cut === undefined ? fault : (yield* against(upTo(inForce, cut))).fault ??
        (yield* signatures(all, all))?.fault
      if (cut === undefined || rest !== undefined) return yield* new AuditChainBroken(rest ?? fault)
      const newest = inForce.find(({ seq }) => seq === cut.lost)
      const before = { link: cut.lost, entry_hash: newest?.entryHash ?? null, at: newest?.at ?? null }
      const after = { action: "restored", ...cut, ended_at: head?.seq ?? 0 }
      const [row] = yield* sql<{ id: string }>`SELECT append_audit_link(${author.actor}, 'UPDATE', 'audit_chain',
        'restored', ${JSON.stringify(before)}::text::jsonb, ${JSON.stringify(after)}::text::jsonb, ${author.reason},
        ${author.correlationId})::text AS id`.pipe(Effect.mapError(unavailable))
      const [link] = yield* page(Number(row?.id))
      if (link === undefined) {
        return yield* new AuditChainUnavailable({ detail: "The link that was added is not there." })
      }
      yield* attest({ seq: link.seq, entryHash: link.entryHash, restored: cut })
      yield* tell(undefined)
      return { ...cut, link: link.seq }
    }, Effect.catchTags({ CheckpointsUnavailable: withoutCheckpoints, SealUnavailable: withoutCheckpoints }))

    return AuditChain.of({ read, checkpoint, fault: Ref.get(found), verify, restored })
  })
)

const unavailable = (error: SqlError.SqlError) => new AuditChainUnavailable({ detail: error.reason._tag })
const withoutCheckpoints = (error: CheckpointsUnavailable | CheckpointSignerUnavailable) =>
  new AuditChainUnavailable({ detail: error.detail })
