import { Effect, Schedule } from "effect"
import { SqlClient } from "effect/sql"

/** Two seconds of waiting for a lock hold others up; some minutes of trying again hold up nobody. */
const attempts = 40

/** SQLSTATE `lock_not_available`, and of two who wait for each other the one that was ended. */
const states: ReadonlySet<unknown> = new Set(["55P03", "40P01"])

const isLockTimeout = (error: unknown): boolean => {
  for (let at = error; at instanceof Error; at = at.cause) if ("code" in at && states.has(at.code)) return true
  return false
}

/**
 * Does the work in a transaction that waits for no lock longer than two seconds, since all who come after it would wait
 * too. It is then undone, and tried again a little later.
 */
export const withLockTimeout = <A, E, R>(what: string, work: Effect.Effect<A, E, R>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql`SET LOCAL lock_timeout = '2s'`.pipe(
      Effect.andThen(work),
      sql.withTransaction,
      Effect.tapError((error) =>
        isLockTimeout(error)
          ? Effect.annotateLogs(Effect.logWarning("What is to be locked was not free for 2 seconds; trying again."), {
            what
          })
          : Effect.void
      ),
      Effect.retry({
        while: isLockTimeout,
        times: attempts,
        schedule: Schedule.spaced("1 second").pipe(Schedule.jittered)
      })
    ))
