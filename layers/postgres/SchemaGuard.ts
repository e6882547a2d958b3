import { Clock, Context, Effect, Schema, Semaphore } from "effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { steadyMillisOf } from "../telemetry/steadyTime.ts"
import type { SchemaSpan } from "./migrationList.ts"
import { connectionError } from "./PostgresConnection.ts"
import { schemaFit, type SchemaFound, type SchemaState } from "./schemaFit.ts"

/** What a program wants of the schema. Absent: its statements run on whatever there is, as those of `mutt migrate`. */
export const SchemaWanted = Context.Reference<SchemaSpan | undefined>("mutt/layers/postgres/SchemaWanted", {
  defaultValue: () => undefined
})

/** Whether the schema is one that this program works on. It asks again when it was last asked some seconds ago. */
export const SchemaGuard = Context.Reference<{ readonly state: Effect.Effect<SchemaState, SqlError> }>(
  "mutt/layers/postgres/SchemaGuard",
  { defaultValue: () => ({ state: Effect.succeed({ newest: undefined, problem: undefined }) }) }
)

/** How long an answer counts: it may become unfit while programs run, and is mended while somebody waits. */
const fitMs = 10_000
const unfitMs = 1_000

const decodeRow = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({
  newest: Schema.Int,
  oldestPrograms: Schema.Array(Schema.String)
})]))

/** There is no such table, or the programs' role may not read it. */
const cannotRead = ({ reason: { cause } }: SqlError): boolean =>
  typeof cause === "object" && cause !== null && "code" in cause && (cause.code === "42P01" || cause.code === "42501")

/** What the database says of its schema, to the programs' role. */
export const readSchema = (sql: SqlClient): Effect.Effect<SchemaFound, SqlError> =>
  sql`SELECT (SELECT coalesce(max(migration_id), 0) FROM schema_migrations) AS newest,
    (SELECT coalesce(json_agg(oldest_program), '[]') FROM schema_compat) AS "oldestPrograms"`.pipe(
    Effect.flatMap(decodeRow),
    Effect.map(([found]): SchemaFound => found),
    Effect.catchTag("SchemaError", Effect.die),
    Effect.catchIf(cannotRead, () => Effect.succeed({ newest: undefined, oldestPrograms: [] }))
  )

/**
 * Stands before the statements of a program: none is sent to a schema that the program does not work on. It fails as
 * it does while PostgreSQL is away, so nothing is begun, and all goes on when the schema is right.
 */
export const makeSchemaGuard = Effect.fnUntraced(function*(sql: SqlClient, span: SchemaSpan, version: string) {
  const clock = yield* Clock.Clock
  const one = yield* Semaphore.make(1)
  let known: { readonly at: number; readonly state: SchemaState } | undefined

  const knownNow = (): SchemaState | undefined => {
    if (known === undefined) return undefined
    const { at, state } = known
    return steadyMillisOf(clock) - at < (state.problem === undefined ? fitMs : unfitMs) ? state : undefined
  }

  const look = Effect.gen(function*() {
    const state = schemaFit(yield* readSchema(sql), span, version)
    const before = known?.state.problem
    known = { at: steadyMillisOf(clock), state }
    if (state.problem !== undefined && state.problem !== before) {
      yield* Effect.annotateLogs(Effect.logError("This program does not work on this schema, and waits."), {
        problem: state.problem
      })
    }
    if (state.problem === undefined && before !== undefined) yield* Effect.logInfo("The schema is right now.")
    return state
  }).pipe(
    Effect.timeoutOrElse({
      duration: "2 seconds",
      orElse: () => Effect.fail(connectionError("PostgreSQL does not say in two seconds which schema it has."))
    }),
    // What was right a moment ago is so still, as far as anybody knows.
    Effect.catch((error) =>
      known !== undefined && known.state.problem === undefined ? Effect.succeed(known.state) : Effect.fail(error)
    )
  )
  const state = Effect.suspend(() => {
    const now = knownNow()
    return now === undefined
      ? one.withPermits(1)(Effect.suspend(() => {
        const meanwhile = knownNow()
        return meanwhile === undefined ? look : Effect.succeed(meanwhile)
      }))
      : Effect.succeed(now)
  })
  const pass = Effect.flatMap(state, ({ problem }) => problem === undefined ? Effect.void : connectionError(problem))
  return { state, pass }
})
