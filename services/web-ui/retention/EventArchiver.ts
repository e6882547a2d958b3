import { Clock, Context, Effect, Layer, Metric, Ref } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { archiveDay } from "../../../layers/archive/archiveDay.ts"
import { ArchiveFailed, type ArchiveReason, ArchiveStore } from "../../../layers/archive/ArchiveStore.ts"
import { changedDays, claimArchiving, releaseArchiving, unarchivedDays } from "../../../layers/archive/EventArchives.ts"
import { Environment } from "../../../layers/environment/Environment.ts"
import { StatementDeadline } from "../../../layers/postgres/sqlClient.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import type { ArchiveDay } from "../../../src/domain/ArchiveManifest.ts"

const lastSuccess = Metric.gauge("mutt_archive_last_success_timestamp_seconds", {
  description: "When every closed day of events was archived, in seconds since 1970. Of the process that archives."
})

const rowsArchived = Metric.counter("mutt_archive_rows_total", {
  description: "Events that were written to the archive.",
  incremental: true
})

const bytesArchived = Metric.counter("mutt_archive_bytes_total", {
  description: "Bytes that were written to the archive, compressed.",
  incremental: true
})

export const waitingDays = Metric.gauge("mutt_archive_waiting_days", {
  description: "Closed days of events that are not archived, where an archive is set."
})

const errors = Metric.counter("mutt_archive_errors_total", {
  description: "Runs of the archive that failed and are tried again, by reason.",
  incremental: true
})

/**
 * Archives closed days that are not, and days that are about to be let go and have more events than were archived.
 * One process does it at a time; the others return at once.
 */
export class EventArchiver extends Context.Service<EventArchiver, {
  /** `store` is the value of the setting `event_archive`. */
  readonly archive: (store: string, keepDays: number) => Effect.Effect<void, ArchiveFailed | SqlError.SqlError>
  /** Why the last run of this process failed. */
  readonly failure: Effect.Effect<ArchiveReason | "database" | undefined>
}>()("mutt/services/web-ui/retention/EventArchiver") {
  static readonly layer = Layer.effect(EventArchiver, Effect.suspend(() => make))
}

const make = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const stores = yield* ArchiveStore
  const { instance, version } = yield* Environment
  const failure = yield* Ref.make<ArchiveReason | "database" | undefined>(undefined)

  const stillMine = claimArchiving(instance).pipe(
    Effect.mapError(({ reason }) => new ArchiveFailed({ reason: "failed", detail: reason._tag })),
    Effect.filterOrFail(
      (mine) => mine,
      () => new ArchiveFailed({ reason: "lost", detail: "Another process archives." })
    ),
    Effect.provideService(SqlClient.SqlClient, sql)
  )

  const run = Effect.fnUntraced(function*(store: string, keepDays: number) {
    const waiting = yield* unarchivedDays
    yield* Metric.update(waitingDays, waiting.length)
    const archive = yield* stores.open(store)
    const archiveAll = (days: ReadonlyArray<ArchiveDay>) =>
      Effect.forEach(days, (of) =>
        Effect.gen(function*() {
          const { bytes, day, object, rows } = yield* archiveDay({ archive, store, version, stillMine }, of)
          yield* Metric.update(rowsArchived, rows)
          yield* Metric.update(bytesArchived, bytes)
          yield* Effect.logInfo("A day of events was archived.").pipe(
            Effect.annotateLogs({ day, rows, bytes, object })
          )
        }), { discard: true })
    yield* archiveAll(waiting)
    yield* Metric.update(waitingDays, 0)
    yield* archiveAll(yield* changedDays(keepDays))
    yield* Metric.update(lastSuccess, (yield* Clock.currentTimeMillis) / 1_000)
  })

  const archive: EventArchiver["Service"]["archive"] = (store, keepDays) =>
    Effect.gen(function*() {
      if (store === "off" || !(yield* claimArchiving(instance))) return
      yield* Effect.ensuring(
        run(store, keepDays),
        releaseArchiving(instance).pipe(droppedAt("archive.release", "The right to archive could not be given back."))
      )
    }).pipe(
      Effect.tap(() => Ref.set(failure, undefined)),
      Effect.tapError((error) => {
        const reason = error._tag === "SqlError" ? "database" : error.reason
        return Effect.andThen(Metric.update(Metric.withAttributes(errors, { reason }), 1), Ref.set(failure, reason))
      }),
      // A day is counted as a whole.
      Effect.provideService(StatementDeadline, "1 hour"),
      Effect.provideService(SqlClient.SqlClient, sql)
    )
  return EventArchiver.of({ archive, failure: Ref.get(failure) })
})
