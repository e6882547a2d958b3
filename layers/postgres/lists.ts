import { PgTypes } from "@effect/sql-pg"
import { Result } from "effect"

/** A list that goes to PostgreSQL as one parameter. */
export type List =
  | { readonly _tag: "ints"; readonly values: ReadonlyArray<number> }
  | { readonly _tag: "texts"; readonly values: ReadonlyArray<string> }

/**
 * Encodes lists as parameters of a statement: a separator that no text contains, then each list. None may be empty.
 *
 * Texts go as the bytes of one joined text. For an array the driver writes each element by itself, into room three
 * times its length.
 * measured: without (arrays of text), with 5 % less processor time an event in the alerter and 7 % less in PostgreSQL,
 * how: the alerter's bench, which records batches of 1,000 decisions.
 */
export const listParameters = (lists: ReadonlyArray<List>): ReadonlyArray<unknown> => {
  const separator = separatorOf(lists)
  return [
    separator,
    ...lists.map((list) =>
      list._tag === "ints"
        ? Result.getOrThrow(PgTypes.array(list.values, PgTypes.OID.int4))
        : PgTypes.bytea(utf8.encode(list.values.join(separator)))
    )
  ]
}

const separatorOf = (lists: ReadonlyArray<List>): string => {
  let separator = "\n"
  const occurs = (text: string) => text.includes(separator)
  for (let longer = 1; lists.some((list) => list._tag === "texts" && list.values.some(occurs)); longer++) {
    separator = `\n${longer}\n`
  }
  return separator
}

const utf8 = new TextEncoder()

/** The SQL expression for list number `index`, from 0, of those given to `listParameters`. */
export const listAt = (index: number, tag: List["_tag"]): string => {
  const parameter = `$${index + 2}`
  return tag === "ints"
    ? `${parameter}::int[]`
    // PostgreSQL splits an empty text into nothing.
    : `CASE length(${parameter}::bytea) WHEN 0 THEN ARRAY['']
        ELSE string_to_array(convert_from(${parameter}::bytea, 'UTF8'), $1::text) END`
}
