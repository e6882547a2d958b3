import { Effect } from "effect"
import { SqlError } from "effect/sql"
import { ConfigAuditFailed } from "../audit/ConfigAudit.ts"
import { outcomeOf } from "../postgres/commit.ts"
import { RuleBookUnavailable } from "./RuleRepository.ts"

type Foreign = SqlError.SqlError | ConfigAuditFailed

/** A statement that failed, or a record that could not be written. */
export const unreachable = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, Exclude<E, Foreign> | RuleBookUnavailable, R> =>
  Effect.mapError(effect, (error) => isOwn(error) ? error : unavailable(error))

const isOwn = <E>(error: E): error is Exclude<E, Foreign> =>
  !(error instanceof SqlError.SqlError || error instanceof ConfigAuditFailed)

const unavailable = (error: unknown): RuleBookUnavailable =>
  error instanceof SqlError.SqlError
    ? new RuleBookUnavailable({ detail: error.reason._tag, outcome: outcomeOf(error) })
    : new RuleBookUnavailable({
      detail: error instanceof ConfigAuditFailed ? `audit ${error.detail}` : "unknown",
      outcome: "unchanged"
    })
