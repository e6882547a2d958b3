import type { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { PartitionIndex } from "./partitionIndex.ts"

type Work = Effect.Effect<unknown, unknown, SqlClient.SqlClient>

/** Adds to the schema: programs of the version before go on working on it. */
interface Expand {
  readonly kind: "expand"
  /** Runs in one transaction, which ends when something it wants to lock is not free within two seconds. */
  readonly work: Work
  /** Declared in `work` by `declarePartitionIndex`, and built after it on one partition after the other. */
  readonly indexes: ReadonlyArray<PartitionIndex>
}

/** Takes away what programs before `oldestProgram` need. */
interface Contract {
  readonly kind: "contract"
  readonly work: Work
  readonly oldestProgram: string
  readonly indexes: readonly []
}

export type Migration = Expand | Contract

/** By `id_name`. */
export type Migrations = Readonly<Record<string, Migration>>

export const expand = (work: Work, indexes: ReadonlyArray<PartitionIndex> = []): Migration => ({
  kind: "expand",
  work,
  indexes
})

/** A contract is the last migration of its release: what comes after it waits for it. */
export const contract = (oldestProgram: string, work: Work): Migration => ({
  kind: "contract",
  work,
  oldestProgram,
  indexes: []
})

/** `21` of `0021_schema_compat`. */
export const idOf = (name: string): number => Number.parseInt(name, 10)
