import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import type { Connection } from "effect/sql/SqlConnection"
import type { SqlError } from "effect/sql/SqlError"
import { alone, newestMigration } from "./migrate.ts"
import { idOf, type Migration, type Migrations } from "./Migration.ts"
import { MigrationFailed, words } from "./MigrationFailed.ts"
import { migrations } from "./migrationList.ts"
import { onOneConnection } from "./oneConnection.ts"
import { partitionStatements, uncoveredPartitions } from "./partitionIndex.ts"
import { StatementDeadline } from "./sqlClient.ts"

export interface PlannedStatement {
  readonly sql: string
  /** `ACCESS EXCLUSIVE alert_rules`: what it takes of tables that are there before, and holds until its migration ends. */
  readonly locks: ReadonlyArray<string>
}

export interface PlannedMigration {
  readonly name: string
  readonly kind: Migration["kind"]
  readonly statements: ReadonlyArray<PlannedStatement>
}

/** A schema in which the plan is tried, so that nobody waits for its locks. It goes away when that is done. */
const scratch = "plan_of_mutt_migrate"

type Rows = Effect.Effect<ReadonlyArray<unknown>, SqlError>
/** Stands around each statement that a migration sends. */
type Around = (sql: string, run: Rows, connection: Connection) => Rows

const watched = (connection: Connection, around: Around): Connection => ({
  execute: (...args) => around(args[0], connection.execute(...args), connection),
  executeRaw: (...args) => connection.executeRaw(...args),
  executeStream: (...args) => connection.executeStream(...args),
  executeValues: (...args) => connection.executeValues(...args),
  executeValuesUnprepared: (...args) => connection.executeValuesUnprepared(...args),
  executeUnprepared: (...args) => connection.executeUnprepared(...args)
})

/** `AccessExclusiveLock` → `ACCESS EXCLUSIVE`. */
const modeNamed = (mode: string): string =>
  mode.replace(/Lock$/, "").replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toUpperCase()

/** What this transaction holds of the tables in the schema of the plan. */
const locksHeld = (connection: Connection) =>
  Effect.flatMap(
    connection.execute(
      `SELECT relname AS table, mode FROM pg_locks JOIN pg_class ON pg_class.oid = relation
        WHERE pid = pg_backend_pid() AND locktype = 'relation' AND mode <> 'AccessShareLock' AND relkind IN ('r', 'p')
        AND relnamespace = '${scratch}'::regnamespace AND relname <> 'schema_migrations' ORDER BY relname, mode`,
      [],
      undefined
    ),
    decodeLocks
  )

const tablesNow = (connection: Connection) =>
  Effect.flatMap(
    connection.execute(
      `SELECT relname AS table, '' AS mode FROM pg_class WHERE relnamespace = '${scratch}'::regnamespace`,
      [],
      undefined
    ),
    decodeLocks
  )

const decodeLocks = (rows: ReadonlyArray<unknown>) => Effect.orDie(decodeLockRows(rows))
const decodeLockRows = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ table: Schema.String, mode: Schema.String }))
)

/** Writes down each statement of one migration, with the locks that it adds. What it makes itself nobody else locks. */
const recorder = (statements: Array<PlannedStatement>): Around => {
  let before: ReadonlySet<string> | undefined
  const held = new Set<string>()
  return (sql, run, connection) =>
    Effect.gen(function*() {
      before ??= new Set((yield* tablesNow(connection)).map(({ table }) => table))
      const tables = before
      const rows = yield* run
      const locks = (yield* locksHeld(connection)).filter(({ table }) => tables.has(table))
        .map(({ mode, table }) => `${modeNamed(mode)} ${table}`)
      statements.push({ sql: dedented(sql), locks: locks.filter((lock) => !held.has(lock)) })
      for (const lock of locks) held.add(lock)
      return rows
    })
}

const dedented = (sql: string): string => {
  const [first = "", ...rest] = sql.split("\n")
  const margin = Math.min(...rest.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)))
  return [first, ...rest.map((line) => line.slice(Number.isFinite(margin) ? margin : 0))].join("\n")
}

/** Statements of the building of an index on the partitions that are there, each with what it takes. */
const indexStatements = (migration: Migration) =>
  Effect.gen(function*() {
    const found: Array<PlannedStatement> = []
    for (const index of migration.indexes) {
      for (const one of yield* uncoveredPartitions(index)) {
        const { attach, concurrently } = partitionStatements(index, one)
        for (const sql of concurrently) found.push({ sql, locks: [`SHARE UPDATE EXCLUSIVE ${one.partition}`] })
        found.push({ sql: attach, locks: [`ACCESS EXCLUSIVE ${one.child}, for a moment`] })
      }
    }
    return found
  })

/**
 * Says what `migrate` would do: each statement, and what it locks, as PostgreSQL itself tells when all is done in an
 * empty schema of its own.
 */
export const planMigrations = (
  all: Migrations = migrations
): Effect.Effect<ReadonlyArray<PlannedMigration>, MigrationFailed, SqlClient.SqlClient> =>
  Effect.suspend(() => {
    const unwatched: Around = (_, run) => run
    let around = unwatched
    return onOneConnection(
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* alone
        const newest = yield* newestMigration
        const pending = Object.entries(all).filter(([name]) => idOf(name) > newest)
        if (pending.length === 0) return []
        const indexes = new Map<string, ReadonlyArray<PlannedStatement>>()
        for (const [name, migration] of pending) indexes.set(name, yield* indexStatements(migration))

        yield* sql.unsafe(`DROP SCHEMA IF EXISTS ${scratch} CASCADE`)
        yield* sql.unsafe(`CREATE SCHEMA ${scratch}`)
        yield* Effect.addFinalizer(() => Effect.ignore(sql.unsafe(`DROP SCHEMA IF EXISTS ${scratch} CASCADE`)))
        yield* sql.unsafe(`SET search_path = ${scratch}`)
        yield* Effect.addFinalizer(() => Effect.ignore(sql.unsafe("RESET search_path")))
        yield* sql`CREATE TABLE schema_migrations (migration_id integer primary key)`

        const planned: Array<PlannedMigration> = []
        for (const [name, migration] of Object.entries(all)) {
          const statements: Array<PlannedStatement> = []
          const isPending = idOf(name) > newest
          around = isPending ? recorder(statements) : unwatched
          yield* sql.withTransaction(migration.work)
          around = unwatched
          if (!isPending) continue
          planned.push({ name, kind: migration.kind, statements: [...statements, ...indexes.get(name) ?? []] })
        }
        return planned
      }),
      (connection) => watched(connection, (...statement) => around(...statement))
    )
  }).pipe(
    Effect.provideService(StatementDeadline, "Infinity"),
    Effect.mapError((cause) => new MigrationFailed({ detail: words(cause), cause }))
  )
