import { Effect, Layer } from "effect"
import { afterCommit } from "../idempotency/afterCommit.ts"
import { SilenceChanges } from "./SilenceChanges.ts"
import { SilenceChangesRedis } from "./SilenceChangesRedis.ts"
import { SilenceRepository } from "./SilenceRepository.ts"
import { SilenceRepositoryPostgres } from "./SilenceRepositoryPostgres.ts"

/** Announces each change of a repository of silences once it is committed. */
export const SilenceRepositoryAnnounced = Layer.effect(
  SilenceRepository,
  Effect.gen(function*() {
    const silences = yield* SilenceRepository
    const { announce } = yield* SilenceChanges
    const announced = afterCommit(Effect.as(announce, {}), {})
    return SilenceRepository.of({
      ...silences,
      create: (said, author, most) => Effect.tap(silences.create(said, author, most), announced),
      change: (id, edit, request) => Effect.tap(silences.change(id, edit, request), announced),
      end: (id, request) => Effect.tap(silences.end(id, request), announced)
    })
  })
)

/** Keeps silences in PostgreSQL and announces their changes over Redis. */
export const SilenceRepositoryLayer = SilenceRepositoryAnnounced.pipe(
  Layer.provide([SilenceRepositoryPostgres, SilenceChangesRedis])
)
