import { Effect, Layer, Metric, Schedule, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { ConfigStore } from "../../../layers/config/ConfigStore.ts"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { enforceRetention, retentionFloor } from "../../../layers/postgres/retention.ts"
import { StatementDeadline } from "../../../layers/postgres/sqlClient.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"
import { EventArchiver } from "./EventArchiver.ts"

export const errors = Metric.counter("mutt_retention_errors_total", {
  description: "Runs of retention that failed and are tried again, by task.",
  incremental: true
})

const setting = "event_retention_days"
const archiveSetting = "event_archive"

/**
 * Archives days that are closed, when `event_archive` says where, and deletes events older than
 * `event_retention_days`: once a day and when a setting changes. What is not archived is not deleted.
 *
 * It reads the setting from PostgreSQL each time: a process cut off from Redis runs on old values or defaults, and what
 * those delete does not come back.
 */
export const RetentionLayer = Layer.effectDiscard(Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const ledger = yield* ConfigStore
  const config = yield* DynamicConfig
  const archiver = yield* EventArchiver

  const run = Effect.gen(function*() {
    const { settings } = yield* ledger.state
    const wanted = settings.find(({ key }) => key === setting)?.value
    if (typeof wanted !== "number") return yield* Effect.die(`${setting} is not in the ledger`)
    const floor = yield* Effect.provideService(retentionFloor, SqlClient.SqlClient, sql)
    const keepDays = Math.max(wanted, floor)
    if (keepDays > wanted) {
      yield* Effect.logWarning(
        "Events are kept for longer than the setting says, as the owner of the database wants it."
      )
        .pipe(Effect.annotateLogs({ wanted, floor }))
    }
    const archive = settings.find(({ key }) => key === archiveSetting)?.value
    // What fails here keeps no other record, nor a day that is archived already.
    const archived = yield* Effect.exit(
      typeof archive === "string" ? archiver.archive(archive, keepDays) : Effect.void
    )
    const { events, partitions, requests, silences } = yield* enforceRetention(keepDays).pipe(
      Effect.provideService(SqlClient.SqlClient, sql),
      // What is archived is counted again before it goes.
      Effect.provideService(StatementDeadline, "1 hour")
    )
    if (events + partitions.length + requests + silences > 0) {
      yield* Effect.logInfo("Old records were let go.").pipe(
        Effect.annotateLogs({ keepDays, partitions, events, requests, silences })
      )
    }
    yield* archived
  }).pipe(
    Effect.tapError((error) =>
      Effect.andThen(
        Metric.update(Metric.withAttributes(errors, { task: "events" }), 1),
        Effect.logWarning("Old records could not be archived or let go; trying again in a minute.").pipe(
          Effect.annotateLogs({ detail: error._tag === "SqlError" ? error.reason._tag : error.detail })
        )
      )
    ),
    Effect.retry(Schedule.spaced("1 minute").pipe(Schedule.jittered))
  )

  yield* config.changes.pipe(
    Stream.map(({ values }) => `${values[setting]} ${values[archiveSetting]}`),
    Stream.changes,
    Stream.switchMap(() => Stream.fromEffectSchedule(run, Schedule.spaced("1 day").pipe(Schedule.jittered))),
    Stream.runDrain,
    supervised("postgres.retention", "1 minute")
  )
}))
