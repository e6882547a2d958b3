import { PgTypes } from "@effect/sql-pg"
import { Result } from "effect"

/**
 * Arrays as parameters that say their type. To find out, the driver looks at each element of a bare array and wraps it, which was a tenth of
 * all the memory that the alerter fills.
 */
export const textArray = (values: ReadonlyArray<string>): unknown =>
  Result.getOrThrow(PgTypes.array(values, PgTypes.OID.text))

export const intArray = (values: ReadonlyArray<number>): unknown =>
  Result.getOrThrow(PgTypes.array(values, PgTypes.OID.int4))
