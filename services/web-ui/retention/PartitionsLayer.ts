import { Effect, Layer, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { ensurePartitions } from "../../../layers/postgres/partitions.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"

/**
 * Keeps partitions ready for the months to come: now and once a day. Several processes may do it at once,
 * the database lets them in one at a time.
 */
export const PartitionsLayer = Layer.effectDiscard(Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* ensurePartitions(sql).pipe(
    Effect.flatMap((made) =>
      made === 0 ? Effect.void : Effect.logInfo("Event partitions made.").pipe(Effect.annotateLogs({ made }))
    ),
    Effect.repeat(Schedule.spaced("1 day").pipe(Schedule.jittered)),
    supervised("postgres.partitions", "1 minute")
  )
}))
