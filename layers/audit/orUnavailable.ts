import { Effect } from "effect"
import { SqlError } from "effect/sql"
import type { ChangeOutcome } from "../../src/domain/Change.ts"
import { outcomeOf } from "../postgres/commit.ts"
import { ConfigAuditFailed } from "./ConfigAudit.ts"

type Foreign = SqlError.SqlError | ConfigAuditFailed

interface Failure {
  readonly detail: string
  readonly outcome: ChangeOutcome
}

/** Turns a failed statement, or an audit record that could not be written, into the store's own error. */
export const orUnavailable =
  <F>(unavailable: (failure: Failure) => F) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, Exclude<E, Foreign> | F, R> =>
    Effect.mapError(effect, (error) => isOwn(error) ? error : unavailable(failureOf(error)))

const isOwn = <E>(error: E): error is Exclude<E, Foreign> =>
  !(error instanceof SqlError.SqlError || error instanceof ConfigAuditFailed)

const failureOf = (error: unknown): Failure =>
  error instanceof SqlError.SqlError
    ? { detail: error.reason._tag, outcome: outcomeOf(error) }
    : { detail: error instanceof ConfigAuditFailed ? `audit ${error.detail}` : "unknown", outcome: "unchanged" }
