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

/**
 * Lists of texts as one text each, with a separator that none of the texts has: an element of an array costs the driver more than what is
 * in it. `textList` is the list again, in a statement.
 */
export const joinTexts = (
  lists: ReadonlyArray<ReadonlyArray<string>>
): { readonly separator: string; readonly texts: ReadonlyArray<string> } => {
  let separator = "\n"
  for (let longer = 1; lists.some((list) => list.some((text) => text.includes(separator))); longer++) {
    separator = `\n${longer}\n`
  }
  return { separator, texts: lists.map((list) => list.join(separator)) }
}

/** An SQL expression: what `joinTexts` made of a list that is not empty, by the numbers of its parameters. PostgreSQL splits an empty text into nothing. */
export const textList = (text: number, separator: number): string =>
  `CASE $${text}::text WHEN '' THEN ARRAY[''] ELSE string_to_array($${text}::text, $${separator}::text) END`
