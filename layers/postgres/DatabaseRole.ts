import { Context, Effect, Layer, Ref, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { droppedAt } from "../telemetry/dropped.ts"
import { supervised } from "../telemetry/supervised.ts"
import { wideRights } from "./wideRights.ts"

/**
 * What the role that this program is logged in as may do and the programs need not; `undefined` until that is known.
 */
export const DatabaseRole = Context.Reference<{
  readonly wide: Effect.Effect<ReadonlyArray<string> | undefined>
}>("mutt/layers/postgres/DatabaseRole", { defaultValue: () => ({ wide: Effect.succeed([]) }) })

/** Looks at the start and every ten minutes, and warns of a role that may do too much. It goes on working. */
export const DatabaseRoleLayer = Layer.effect(
  DatabaseRole,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const known = yield* Ref.make<ReadonlyArray<string> | undefined>(undefined)
    yield* Effect.provideService(wideRights, SqlClient.SqlClient, sql).pipe(
      Effect.retry(Schedule.spaced("10 seconds")),
      Effect.tap((wide) => Ref.set(known, wide)),
      Effect.tap((wide) =>
        wide.length === 0
          ? Effect.void
          : Effect.logWarning(
            "The programs' role in PostgreSQL may do more than they need; `mutt migrate --app-role` takes it away."
          ).pipe(Effect.annotateLogs({ rights: wide.slice(0, 20), count: wide.length }))
      ),
      droppedAt("postgres.rights", "The rights of the programs' role could not be read."),
      Effect.repeat(Schedule.spaced("10 minutes")),
      supervised("postgres.rights")
    )
    return { wide: Ref.get(known) }
  })
)
