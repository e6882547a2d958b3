import { PgTypes } from "@effect/sql-pg"
import { Result } from "effect"

/** Texts as an array that says its type; to find out, the driver looks at each element of a bare array and wraps it. */
export const textArray = (values: ReadonlyArray<string>): unknown =>
  Result.getOrThrow(PgTypes.array(values, PgTypes.OID.text))

/** A list that goes to PostgreSQL as one parameter. */
export type List =
  | { readonly _tag: "ints"; readonly values: ReadonlyArray<number> }
  | { readonly _tag: "texts"; readonly values: ReadonlyArray<string> }

/**
 * Parameters for as many lists, none of them empty: first a separator that none of the texts has, then each list. A list of texts goes as
 * the bytes of one text: an element of an array costs the driver more than what is in it, and for a text it makes room three times its
 * length.
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

/** An SQL expression: of what `listParameters` was given, list number `index`, from 0. */
export const listAt = (index: number, tag: List["_tag"]): string => {
  const parameter = `$${index + 2}`
  return tag === "ints"
    ? `${parameter}::int[]`
    // PostgreSQL splits an empty text into nothing.
    : `CASE length(${parameter}::bytea) WHEN 0 THEN ARRAY['']
        ELSE string_to_array(convert_from(${parameter}::bytea, 'UTF8'), $1::text) END`
}
