import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { ChangeAuthor } from "../../src/domain/Change.ts"
import { versionStale } from "../../src/domain/SettingProblems.ts"
import { silenceEnded, silenceNotFound, silencesFull } from "../../src/domain/SilenceProblems.ts"
import type { SilenceInput } from "../../src/silence/Silence.ts"
import { type StoredSilence, toSilenceColumns, writtenOf } from "../../src/silence/StoredSilence.ts"
import { changeRecord } from "../audit/changeRecord.ts"
import { ConfigAudit } from "../audit/ConfigAudit.ts"
import { orUnavailable } from "../audit/orUnavailable.ts"
import {
  type SilenceQuery,
  SilenceRepository,
  SilenceRepositoryUnavailable,
  type SilenceRequest
} from "./SilenceRepository.ts"
import { revisionObject, silenceRevisions, storedObject, storedSilences } from "./silenceRows.ts"

const unreachable = orUnavailable((failure) => new SilenceRepositoryUnavailable(failure))

/** Keeps silences in PostgreSQL; a change and its audit record are one transaction. */
export const SilenceRepositoryPostgres = Layer.effect(
  SilenceRepository,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const audit = yield* ConfigAudit
    const stored = sql.literal(`${storedObject} AS row`)
    const from = sql.literal("FROM silences LEFT JOIN silence_hits ON silence_id = silences.id")

    const read = (id: number) =>
      Effect.gen(function*() {
        const rows = isId(id) ? yield* sql`SELECT ${stored} ${from} WHERE silences.id = ${id}` : []
        const [silence] = yield* storedSilences(rows)
        return silence ?? (yield* silenceNotFound())
      })

    /** Waits for whoever else changes it, and refuses when it is over, or is not as the writer saw it. */
    const lock = Effect.fnUntraced(function*(id: number, request: SilenceRequest) {
      const [row] = isId(id)
        ? yield* sql<
          { readonly over: boolean }
        >`SELECT coalesce(over_at <= now(), false) OR ended_by IS NOT NULL AS over
          FROM silences WHERE id = ${id} FOR UPDATE`
        : []
      const silence = yield* read(id)
      if (row?.over === true) return yield* silenceEnded(id)
      const stale = versionStale(request, { epoch: "", version: silence.revision, newest: silence.revision })
      return stale === undefined ? silence : yield* stale
    })

    const record = (author: ChangeAuthor, before: StoredSilence | null, after: StoredSilence) =>
      audit.record(
        changeRecord(
          "silences",
          String(after.id),
          author,
          before === null ? null : toSilenceColumns(before),
          toSilenceColumns(after)
        )
      )

    const create = (said: SilenceInput, author: ChangeAuthor, most = Infinity) =>
      Effect.gen(function*() {
        const row = rowOf(said)
        const [made] = yield* sql<{ readonly id: number }>`INSERT INTO silences
          (match, starts_at, ends_at, schedule, comment, catch_up, created_by)
          VALUES (${row.match}::text::jsonb, ${row.starts_at}::text, ${row.ends_at}::text, ${row.schedule}::text::jsonb,
            ${row.comment}, ${row.catch_up}, ${author.actor}) RETURNING id`
        // Whoever makes another one waits for this transaction, as both raise the version.
        const [held] = yield* sql<{ readonly count: number }>`SELECT count(*)::int AS count FROM silences
          WHERE coalesce(over_at > now(), true)`
        if ((held?.count ?? 0) > most) return yield* silencesFull(most)
        const silence = yield* read(made?.id ?? 0).pipe(Effect.catchTag("SilenceNotFound", Effect.die))
        yield* record(author, null, silence)
        return silence
      }).pipe(sql.withTransaction)

    const change = <E>(
      id: number,
      edit: (silence: StoredSilence) => Effect.Effect<SilenceInput, E>,
      request: SilenceRequest
    ) =>
      Effect.gen(function*() {
        const before = yield* lock(id, request)
        const row = rowOf(yield* edit(before))
        yield* sql`UPDATE silences SET match = ${row.match}::text::jsonb, starts_at = ${row.starts_at}::text,
          ends_at = ${row.ends_at}::text, schedule = ${row.schedule}::text::jsonb, comment = ${row.comment},
          catch_up = ${row.catch_up} WHERE id = ${id}`
        const after = yield* read(id)
        yield* record(authorOf(request), before, after)
        return after
      }).pipe(sql.withTransaction)

    const end = (id: number, request: SilenceRequest) =>
      Effect.gen(function*() {
        const before = yield* lock(id, request)
        yield* sql`UPDATE silences SET ended_by = ${request.actor} WHERE id = ${id}`
        const after = yield* read(id)
        yield* record(authorOf(request), before, after)
        return after
      }).pipe(sql.withTransaction)

    const conditions = ({ author, before, over }: SilenceQuery) => [
      sql`true`,
      ...(before === undefined ? [] : [sql`silences.id < ${before}`]),
      ...(author === undefined ? [] : [sql`created_by = ${author}`]),
      ...(over === undefined ? [] : [sql`coalesce(over_at <= now(), false) = ${over}`])
    ]

    return SilenceRepository.of({
      list: (query) =>
        sql`SELECT ${stored} ${from} WHERE ${sql.and(conditions(query))}
          ORDER BY silences.id DESC LIMIT ${query.limit}`.pipe(Effect.flatMap(storedSilences), unreachable),
      silence: (id) => unreachable(read(id)),
      revisions: (id) =>
        sql`SELECT ${sql.literal(revisionObject)} AS row FROM silence_revisions
          LEFT JOIN config_audit_log log ON log.id = link
          WHERE silence_id = ${isId(id) ? id : 0} ORDER BY revision`.pipe(
          Effect.flatMap(silenceRevisions),
          unreachable
        ),
      create: (said, author, most) => unreachable(create(said, author, most)),
      change: (id, edit, request) => unreachable(change(id, edit, request)),
      end: (id, request) => unreachable(end(id, request))
    })
  })
)

/** What people say, as columns. */
const rowOf = (said: SilenceInput) => {
  const { catch_up = true, comment, ends_at = null, match, schedule, starts_at = null } = writtenOf(said)
  const recurs = schedule === undefined ? null : JSON.stringify(schedule)
  return { match: JSON.stringify(match), starts_at, ends_at, schedule: recurs, comment, catch_up }
}

/** Without what was seen, which no audit record holds. */
const authorOf = ({ actor, correlationId, reason }: SilenceRequest): ChangeAuthor => ({ actor, correlationId, reason })

const isId = (id: number): boolean => Number.isInteger(id) && id > 0 && id <= 2_147_483_647
