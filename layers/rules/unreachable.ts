import { Effect } from "effect"
import { SqlError } from "effect/sql"
import { ConfigAuditFailed } from "../audit/ConfigAudit.ts"
import { outcomeOf } from "../postgres/commit.ts"
import { RuleRepositoryUnavailable } from "./RuleRepository.ts"

type Foreign = SqlError.SqlError | ConfigAuditFailed

/** A statement that failed, or a record that could not be written. */
export const unreachable = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, Exclude<E, Foreign> | RuleRepositoryUnavailable, R> =>
  Effect.mapError(effect, (error) => isOwn(error) ? error : unavailable(error))

const isOwn = <E>(error: E): error is Exclude<E, Foreign> =>
  !(error instanceof SqlError.SqlError || error instanceof ConfigAuditFailed)

const unavailable = (error: unknown): RuleRepositoryUnavailable =>
  error instanceof SqlError.SqlError
    ? new RuleRepositoryUnavailable({ detail: error.reason._tag, outcome: outcomeOf(error) })
    : new RuleRepositoryUnavailable({
      detail: error instanceof ConfigAuditFailed ? `audit ${error.detail}` : "unknown",
      outcome: "unchanged"
    })
