import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { withLockTimeout } from "./lockTimeout.ts"

/** An index of a table in partitions. */
export interface PartitionIndex {
  readonly name: string
  readonly table: string
  /** What stands after the table in CREATE INDEX: `USING hash (event_id)`. */
  readonly definition: string
}

/**
 * Declares the index in the transaction of its migration, which takes a moment: it covers the partitions that are made
 * from now on. Those that are there follow by `buildPartitionIndex`, when the index is named beside the migration:
 * `expand(work, [index])`.
 */
export const declarePartitionIndex = (
  { definition, name, table }: PartitionIndex
): Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => Effect.asVoid(sql.unsafe(`CREATE INDEX ${name} ON ONLY ${table} ${definition}`))
  )

interface Partition {
  readonly partition: string
  /** The name of its index, which it may not have yet. */
  readonly child: string
  /** `undefined`: there is none of that name. */
  readonly valid: boolean | null
}

/** What is to be done for one partition, in order. */
export const partitionStatements = (
  { definition, name }: PartitionIndex,
  { child, partition, valid }: Partition
): { readonly concurrently: ReadonlyArray<string>; readonly attach: string } => ({
  concurrently: [
    // What an attempt that was cut short left behind.
    ...(valid === false ? [`DROP INDEX CONCURRENTLY ${child}`] : []),
    ...(valid === true ? [] : [`CREATE INDEX CONCURRENTLY ${child} ON ${partition} ${definition}`])
  ],
  attach: `ALTER INDEX ${name} ATTACH PARTITION ${child}`
})

/** The partitions that the index does not cover yet. */
export const uncoveredPartitions = ({ name, table }: PartitionIndex) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql<Partition>`WITH missing AS (
        SELECT inhrelid, relname, left(${name}::text, 36) || '_' || substr(md5(relname), 1, 12) || '_idx' AS child
        FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = to_regclass(${table}::text) AND NOT EXISTS (
          SELECT FROM pg_inherits AS i JOIN pg_index ON indexrelid = i.inhrelid
          WHERE i.inhparent = to_regclass(${name}::text) AND indrelid = pg_inherits.inhrelid))
      SELECT quote_ident(relname) AS partition, child,
        (SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(child)) AS valid
      FROM missing ORDER BY relname DESC`)

/**
 * Builds the index on each partition that has none, the newest first, while rows are written. May be cut short and run
 * again at any time; answers on how many partitions it was built.
 */
export const buildPartitionIndex = Effect.fnUntraced(function*(index: PartitionIndex) {
  const sql = yield* SqlClient.SqlClient
  let built = 0
  for (const partition of yield* uncoveredPartitions(index)) {
    const { attach, concurrently } = partitionStatements(index, partition)
    const gone = Effect.map(
      sql<{ readonly gone: boolean }>`SELECT to_regclass(${partition.partition}::text) IS NULL AS gone`,
      ([row]) => row?.gone === true
    )
    yield* Effect.gen(function*() {
      for (const statement of concurrently) yield* sql.unsafe(statement)
      yield* withLockTimeout(`the index ${index.name}`, sql.unsafe(attach))
      built++
      yield* Effect.annotateLogs(Effect.logInfo("An index covers one more partition."), {
        index: index.name,
        partition: partition.partition
      })
    }).pipe(
      // Retention may have dropped it meanwhile.
      Effect.catch((error) => Effect.flatMap(gone, (isGone) => isGone ? Effect.void : Effect.fail(error)))
    )
  }
  return built
})
