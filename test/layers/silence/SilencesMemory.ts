import { Clock, Context, Effect, Layer, Semaphore } from "effect"
import { changeRecord } from "../../../layers/audit/changeRecord.ts"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { SilenceHits } from "../../../layers/silence/SilenceHits.ts"
import {
  SilenceRepository,
  SilenceRepositoryUnavailable,
  type SilenceRequest
} from "../../../layers/silence/SilenceRepository.ts"
import { keptAfterEndDays, SilenceSource } from "../../../layers/silence/SilenceSource.ts"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import { versionStale } from "../../../src/domain/SettingProblems.ts"
import { silenceEnded, silenceNotFound, silencesFull } from "../../../src/domain/SilenceProblems.ts"
import type { Silence, SilenceInput } from "../../../src/silence/Silence.ts"
import { overAt } from "../../../src/silence/silenceTimes.ts"
import {
  type SilenceRevision,
  type StoredSilence,
  toSilenceColumns,
  writtenOf
} from "../../../src/silence/StoredSilence.ts"

/** Keeps silences in memory, for tests. Records each change before it makes it. */
export const SilencesMemory = Layer.effectContext(Effect.gen(function*() {
  const audit = yield* ConfigAudit
  const one = Semaphore.makeUnsafe(1).withPermits(1)
  const silences = new Map<number, StoredSilence>()
  const revisions = new Map<number, Array<SilenceRevision>>()
  let version = 1

  const now = Clock.currentTimeMillis
  const iso = (millis: number) => new Date(millis).toISOString()
  const isOver = (one: StoredSilence, at: number) => overAt(one) <= at

  const silence = (id: number) =>
    Effect.suspend(() => {
      const found = silences.get(id)
      return found === undefined ? Effect.fail(silenceNotFound()) : Effect.succeed(found)
    })

  const store = Effect.fnUntraced(function*(after: StoredSilence, author: ChangeAuthor) {
    const before = silences.get(after.id)
    const columns = before === undefined ? null : toSilenceColumns(before)
    yield* Effect.mapError(
      audit.record(changeRecord("silences", String(after.id), author, columns, toSilenceColumns(after))),
      ({ detail }) => new SilenceRepositoryUnavailable({ detail, outcome: "unchanged" })
    )
    const { actor, reason } = author
    silences.set(after.id, after)
    revisions.set(after.id, [...revisions.get(after.id) ?? [], {
      revision: after.revision,
      ...writtenOf(after),
      ...(after.ended_by === undefined ? {} : { ended_by: after.ended_by }),
      changed_at: iso(yield* now),
      changed_by: actor,
      reason
    }])
    version++
    return after
  })

  const edited = <E>(
    id: number,
    request: SilenceRequest,
    edit: (before: StoredSilence) => Effect.Effect<StoredSilence, E>
  ) =>
    one(Effect.gen(function*() {
      const before = yield* silence(id)
      if (isOver(before, yield* now)) return yield* silenceEnded(id)
      const { actor, correlationId, reason } = request
      const stale = versionStale(request, { epoch: "", version: before.revision, newest: before.revision })
      if (stale !== undefined) return yield* stale
      const after = yield* edit(before)
      return yield* store({ ...after, revision: before.revision + 1 }, { actor, correlationId, reason })
    }))

  return Context.make(
    SilenceRepository,
    SilenceRepository.of({
      list: ({ author, before = Infinity, limit, over }) =>
        Effect.map(
          now,
          (at) =>
            [...silences.values()].reverse().filter((one) =>
              one.id < before && (author === undefined || one.created_by === author)
              && (over === undefined || isOver(one, at) === over)
            ).slice(0, limit)
        ),
      silence,
      revisions: (id) => Effect.sync(() => revisions.get(id) ?? []),
      create: (said: SilenceInput, author, most = Infinity) =>
        one(Effect.gen(function*() {
          const at = yield* now
          if ([...silences.values()].filter((one) => !isOver(one, at)).length >= most) return yield* silencesFull(most)
          const made = {
            id: silences.size + 1,
            ...writtenOf(said),
            revision: 1,
            created_by: author.actor,
            created_at: iso(yield* now),
            hits: 0,
            last_hit_at: null
          }
          return yield* store(made, author)
        })),
      change: (id, edit, request) =>
        edited(id, request, (before) => {
          const { created_at, created_by, hits, last_hit_at, revision } = before
          return Effect.map(
            edit(before),
            (said) => ({ id, ...writtenOf(said), created_at, created_by, hits, last_hit_at, revision })
          )
        }),
      end: (id, request) =>
        edited(
          id,
          request,
          (before) => Effect.map(now, (at) => ({ ...before, ended_by: request.actor, ended_at: iso(at) }))
        )
    })
  ).pipe(
    Context.add(
      SilenceSource,
      SilenceSource.of({
        version: Effect.sync(() => version),
        load: Effect.map(now, (at) => ({
          version,
          silences: [...silences.values()].filter((one) => overAt(one) > at - keptAfterEndDays * 86_400_000).map(plain)
        }))
      })
    ),
    Context.add(
      SilenceHits,
      SilenceHits.of({
        add: (told) =>
          Effect.sync(() => {
            for (const { hits, lastAt, silenceId } of told) {
              const one = silences.get(silenceId)
              if (one === undefined) continue
              const last = Math.max(lastAt, one.last_hit_at === null ? 0 : Date.parse(one.last_hit_at))
              silences.set(silenceId, { ...one, hits: one.hits + hits, last_hit_at: iso(last) })
            }
          })
      })
    )
  )
}))

const plain = ({ ended_by: _by, hits: _hits, last_hit_at: _at, ...silence }: StoredSilence): Silence => silence
