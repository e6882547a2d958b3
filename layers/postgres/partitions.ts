import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"

/** Months after the current one that have a partition. */
const monthsAhead = 3

/** Makes the missing partitions of `event_audit_log`, from last month on, and returns how many. */
export const ensurePartitions = (sql: SqlClient.SqlClient): Effect.Effect<number, SqlError.SqlError> =>
  Effect.map(
    sql<{ readonly made: number }>`SELECT ensure_event_partitions(${monthsAhead}::int) AS made`,
    ([row]) => row?.made ?? 0
  )
