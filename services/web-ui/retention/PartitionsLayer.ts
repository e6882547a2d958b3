import { Effect, Layer, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { ensurePartitions } from "../../../layers/postgres/partitions.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"

/** Creates the partitions of the coming days, at start and once a day. Processes take turns by a database lock. */
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
