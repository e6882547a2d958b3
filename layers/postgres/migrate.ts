import { Effect, Schedule, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { askContract, recordForced, type RunningPrograms } from "./contracts.ts"
import { withLockTimeout } from "./lockTimeout.ts"
import { idOf, type Migration, type Migrations } from "./Migration.ts"
import { MigrationFailed, words } from "./MigrationFailed.ts"
import { migrations } from "./migrationList.ts"
import { onOneConnection } from "./oneConnection.ts"
import { buildPartitionIndex } from "./partitionIndex.ts"
import { ensurePartitions } from "./partitions.ts"
import { StatementDeadline } from "./sqlClient.ts"

export interface Migrated {
  /** `id_name` of each migration that this run did. */
  readonly done: ReadonlyArray<string>
  /** Why the rest is left for a later run: the next one takes away what programs that run need. */
  readonly left?: string
  readonly partitionsMade: number
  /** On how many partitions an index was built that they lacked. */
  readonly indexesBuilt: number
}

export interface MigrateOptions {
  readonly migrations?: Migrations
  /** Asked before a migration takes something away. Absent: no program runs on this database, or all are of this release. */
  readonly running?: RunningPrograms
  /** Why something is taken away whoever runs. */
  readonly force?: string | undefined
}

const decodeNewest = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ newest: Schema.Int })]))

const newestDone = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`SELECT coalesce(max(migration_id), 0) AS newest FROM schema_migrations`
).pipe(Effect.flatMap(decodeNewest), Effect.map(([{ newest }]) => newest))

/** The newest migration of the database; 0 for an empty one. */
export const newestMigration = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [table] = yield* sql<{ readonly there: boolean }>`SELECT to_regclass('schema_migrations') IS NOT NULL AS there`
  return table?.there === true ? yield* newestDone : 0
})

/**
 * Holds a lock that one run has at a time. Others ask again and again instead of waiting in a statement, which would hold
 * up the building of an index, which waits for all statements to end.
 */
export const alone = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const take = sql<{ readonly taken: boolean }>`SELECT pg_try_advisory_lock(hashtext('mutt.migrate')) AS taken`.pipe(
    Effect.map(([row]) => row?.taken === true)
  )
  if (!(yield* take)) {
    yield* Effect.logInfo("Another run migrates this database; waiting until it has ended.")
    yield* Effect.repeat(take, { until: (taken) => taken, schedule: Schedule.spaced("100 millis") })
  }
  yield* Effect.addFinalizer(() => Effect.ignore(sql`SELECT pg_advisory_unlock(hashtext('mutt.migrate'))`))
})

const ensureTable = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql`CREATE TABLE IF NOT EXISTS schema_migrations (
    migration_id integer primary key,
    created_at timestamp with time zone not null default now(),
    name text not null
  )`)

/** Does one migration whole or not at all; `false` when a run of another release has done it meanwhile. */
const step = (name: string, migration: Migration, forced: Effect.Effect<unknown, unknown, SqlClient.SqlClient>) =>
  withLockTimeout(
    name,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const id = idOf(name)
      // Keeps out runs of earlier releases, and lets the programs read.
      yield* sql`LOCK TABLE schema_migrations IN SHARE ROW EXCLUSIVE MODE`
      if ((yield* newestDone) >= id) return false
      yield* migration.work
      yield* sql`INSERT INTO schema_migrations (migration_id, name) VALUES (${id}, ${
        name.slice(name.indexOf("_") + 1)
      })`
      if (migration.kind === "contract") {
        yield* sql`INSERT INTO schema_compat (migration, oldest_program) VALUES (${id}, ${migration.oldestProgram})`
        yield* forced
      }
      return true
    })
  )

/**
 * Brings the schema and the partitions of events up to date. May be run at any time by any number of processes, of which
 * one works at a time. Each migration is done by itself; what failed or was refused is where the next run goes on.
 */
export const migrateWith = (
  { force, migrations: all = migrations, running }: MigrateOptions
): Effect.Effect<Migrated, MigrationFailed, SqlClient.SqlClient> =>
  onOneConnection(Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* alone
    yield* ensureTable
    const newest = yield* newestDone
    const done: Array<string> = []
    let left: string | undefined
    for (const [name, migration] of Object.entries(all)) {
      if (idOf(name) <= newest) continue
      let forced: Effect.Effect<unknown, unknown, SqlClient.SqlClient> = Effect.void
      // Nobody runs on a database that was empty.
      if (migration.kind === "contract" && newest > 0) {
        const { older, refused } = yield* askContract({ name, oldestProgram: migration.oldestProgram, running, force })
        if (refused !== undefined) {
          left = refused
          break
        }
        if (older.length > 0) forced = recordForced(name, older, force)
      }
      if (!(yield* step(name, migration, forced))) continue
      done.push(name)
      yield* Effect.annotateLogs(Effect.logInfo("Migration done."), { id: idOf(name), name })
    }
    let indexesBuilt = 0
    for (const { indexes } of Object.values(all)) {
      for (const index of indexes) indexesBuilt += yield* buildPartitionIndex(index)
    }
    const partitionsMade = yield* ensurePartitions(sql)
    return { done, ...(left === undefined ? {} : { left }), partitionsMade, indexesBuilt }
  })).pipe(
    Effect.provideService(StatementDeadline, "Infinity"),
    Effect.mapError((cause) =>
      cause instanceof MigrationFailed ? cause : new MigrationFailed({ detail: words(cause), cause })
    )
  )

/** For a database on which no program of an earlier release runs. */
export const migrate = migrateWith({})
