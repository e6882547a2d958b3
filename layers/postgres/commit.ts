import { Effect } from "effect"
import type { Connection } from "effect/sql/SqlConnection"
import { SqlError, UnknownError } from "effect/sql/SqlError"
import type { ChangeOutcome } from "../../src/domain/Change.ts"

/** The answer to a COMMIT was lost. */
class CommitInDoubt extends Error {}

/** What became of a transaction that failed. It is unknown only when the answer to COMMIT was lost. */
export const outcomeOf = ({ reason }: SqlError): ChangeOutcome =>
  reason.cause instanceof CommitInDoubt ? "unknown" : "unchanged"

/** Commits, and fails when PostgreSQL answers with ROLLBACK, as it does for a transaction that has failed. */
export const commit = (connection: Connection): Effect.Effect<void, SqlError> =>
  connection.executeRaw("COMMIT", []).pipe(
    Effect.mapError((error) => isAnswer(error) ? error : failed(new CommitInDoubt(lost, { cause: error }))),
    Effect.flatMap((result) => isRollback(result) ? failed(new Error(rolledBack)) : Effect.void)
  )

const lost = "The answer to COMMIT was lost"
const rolledBack = "COMMIT rolled back a failed transaction"

const failed = (cause: Error) =>
  new SqlError({ reason: new UnknownError({ cause, message: cause.message, operation: "commit" }) })

/** Errors by which the server says that it ended the transaction. Any other one says nothing of it. */
const isAnswer = ({ reason: { _tag } }: SqlError): boolean =>
  _tag === "ConstraintError" || _tag === "UniqueViolation" || _tag === "SerializationError" || _tag === "DeadlockError"

const isRollback = (result: unknown): boolean =>
  typeof result === "object" && result !== null && "command" in result && result.command === "ROLLBACK"
