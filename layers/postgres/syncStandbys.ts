import { Effect, Schema } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { standbysWaitedFor } from "../../src/logic/synchronousStandbys.ts"
import type { SyncStandbys } from "./Postgres.ts"
import { StatementDeadline } from "./sqlClient.ts"

const decodeSettings = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ names: Schema.String, commit: Schema.String })])
)

/** How long standbys may take to confirm. */
const confirmedWithin = "2 seconds"

/**
 * Asks how many standbys a commit waits for, and makes one that waits: a message in the log of the database, which
 * nobody reads. Who may look at standbys themselves may also look at the statements of others.
 */
export const askSyncStandbys = (sql: SqlClient.SqlClient): Effect.Effect<SyncStandbys, SqlError.SqlError> =>
  Effect.gen(function*() {
    const [{ commit, names }] = yield* sql`SELECT current_setting('synchronous_standby_names') AS names,
      current_setting('synchronous_commit') AS commit`.pipe(Effect.flatMap(decodeSettings))
    const waitedFor = standbysWaitedFor(names, commit)
    if (waitedFor === 0) return { waitedFor, confirm: false }
    const confirm = yield* sql`SELECT pg_logical_emit_message(true, 'mutt', '')::text`.pipe(
      Effect.as(true),
      Effect.provideService(StatementDeadline, confirmedWithin),
      Effect.catchIf(({ reason }) => reason._tag === "StatementTimeoutError", () => Effect.succeed(false))
    )
    return { waitedFor, confirm }
  }).pipe(Effect.catchTag("SchemaError", Effect.die))
