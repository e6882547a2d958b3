import { isOlderThan } from "../../src/logic/programVersion.ts"
import type { SchemaSpan } from "./migrationList.ts"

/** What the database says of its schema. */
export interface SchemaFound {
  /** The newest migration; `undefined` where the program may not read the list, which migration 21 lets it do. */
  readonly newest: number | undefined
  /** For each migration that took something away, the oldest program that can do without. */
  readonly oldestPrograms: ReadonlyArray<string>
}

export interface SchemaState {
  readonly newest: number | undefined
  /** Why this program does not work on this schema, and what to do; `undefined`: it does. */
  readonly problem: string | undefined
}

/** Compares what is there with what a program of this version needs. */
export const schemaFit = (
  { newest, oldestPrograms }: SchemaFound,
  { needs }: SchemaSpan,
  version: string
): SchemaState => {
  if (newest === undefined) {
    const problem = `the schema is older than migration ${needs}, which this program needs: run mutt migrate`
    return { newest, problem }
  }
  if (newest < needs) {
    const problem = `the schema is at migration ${newest} and this program needs ${needs}: run mutt migrate`
    return { newest, problem }
  }
  const oldest = oldestPrograms.find((one) => isOlderThan(version, one))
  return {
    newest,
    problem: oldest === undefined
      ? undefined
      : `the schema is for programs from ${oldest} on, and this one is ${version}: start a newer one`
  }
}
