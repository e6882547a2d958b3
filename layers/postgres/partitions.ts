import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"

/** Days after today that have a partition: for as long nobody has to make one. */
const daysAhead = 7

/** Makes the missing partitions of `event_audit_log`, a day each, from yesterday on, and returns how many. */
export const ensurePartitions = (sql: SqlClient.SqlClient): Effect.Effect<number, SqlError.SqlError> =>
  Effect.map(
    sql<{ readonly made: number }>`SELECT ensure_event_partitions(${daysAhead}::int) AS made`,
    ([row]) => row?.made ?? 0
  )
