import { Effect } from "effect"
import type { Connection } from "effect/sql/SqlConnection"
import { SqlError, UnknownError } from "effect/sql/SqlError"
import type { ChangeOutcome } from "../../src/domain/Change.ts"

/** COMMIT was sent and its answer never came. */
class CommitInDoubt extends Error {}

/** What became of a transaction that failed: only a lost answer to COMMIT leaves it open. */
export const outcomeOf = ({ reason }: SqlError): ChangeOutcome =>
  reason.cause instanceof CommitInDoubt ? "unknown" : "unchanged"

/** PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, which must not pass for success. */
export const commit = (connection: Connection): Effect.Effect<void, SqlError> =>
  connection.executeRaw("COMMIT", []).pipe(
    Effect.mapError((error) => isAnswer(error) ? error : inDoubt(error)),
    Effect.flatMap((result) =>
      isRollback(result) ? Effect.fail(failed(rolledBack, new Error("rolled back"))) : Effect.void
    )
  )

const rolledBack = "COMMIT rolled back a failed transaction"

const failed = (message: string, cause: Error) =>
  new SqlError({ reason: new UnknownError({ cause, message, operation: "commit" }) })

const inDoubt = (error: SqlError) =>
  failed("The answer to COMMIT was lost", new CommitInDoubt("The answer to COMMIT was lost", { cause: error }))

/** What the server says of a transaction that it ended itself. Anything else is no answer, or says nothing of it. */
const isAnswer = ({ reason: { _tag } }: SqlError): boolean =>
  _tag === "ConstraintError" || _tag === "UniqueViolation" || _tag === "SerializationError" || _tag === "DeadlockError"

const isRollback = (result: unknown): boolean =>
  typeof result === "object" && result !== null && "command" in result && result.command === "ROLLBACK"
