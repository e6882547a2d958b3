import { Effect, type Schema } from "effect"
import type { SqlError } from "effect/sql"
import { stateOf } from "../postgres/sqlState.ts"
import { EventAuditFailed } from "./EventAudit.ts"

/** SQLSTATE classes about the values of a statement: cardinality, data, constraints, limits. */
const aboutData = /^(?:21|22|23|54)/

/** Says of a failure whether the same statement can succeed later. */
export const auditFailed = <A, R>(
  effect: Effect.Effect<A, SqlError.SqlError | Schema.SchemaError | EventAuditFailed, R>
): Effect.Effect<A, EventAuditFailed, R> =>
  Effect.catchTags(effect, {
    // Only this adapter writes rows: one that does not decode means another schema.
    SchemaError: (error: Schema.SchemaError) =>
      new EventAuditFailed({ reason: "unavailable", detail: error.message.slice(0, 500) }),
    SqlError: ({ reason }: SqlError.SqlError) =>
      new EventAuditFailed(
        aboutData.test(stateOf(reason.cause))
          ? { reason: "data", detail: detailOf(reason.cause) }
          : { reason: "unavailable", detail: reason._tag }
      )
  })

const detailOf = (cause: unknown): string => (cause instanceof Error ? cause.message : "").slice(0, 500)
