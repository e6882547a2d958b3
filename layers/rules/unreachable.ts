import { Effect } from "effect"
import { SqlError } from "effect/sql"
import { ConfigAuditFailed } from "../audit/ConfigAudit.ts"
import { RuleBookUnavailable } from "./RuleBook.ts"

type Foreign = SqlError.SqlError | ConfigAuditFailed

/** A statement that failed, or a record that could not be written: the transaction is gone and nothing was changed. */
export const unreachable = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, Exclude<E, Foreign> | RuleBookUnavailable, R> =>
  Effect.mapError(effect, (error) => isOwn(error) ? error : new RuleBookUnavailable({ detail: detailOf(error) }))

const isOwn = <E>(error: E): error is Exclude<E, Foreign> =>
  !(error instanceof SqlError.SqlError || error instanceof ConfigAuditFailed)

const detailOf = (error: unknown): string =>
  error instanceof SqlError.SqlError
    ? error.reason._tag
    : error instanceof ConfigAuditFailed
    ? `audit ${error.detail}`
    : "unknown"
