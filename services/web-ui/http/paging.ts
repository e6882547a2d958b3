import { Effect } from "effect"
import { Invalid } from "../../../src/api/shared/Problems.ts"
import { jsonBytes, type Page, withinBytes } from "../../../src/logic/withinBytes.ts"

export interface PagedQuery {
  readonly limit?: number
  readonly cursor?: string
  readonly page?: number
}

/** Clamps the limit to 1–200; 50 when absent. */
export const limitOf = ({ limit }: { readonly limit?: number }): number => Math.min(200, Math.max(1, limit ?? 50))

/** Reads one page, by cursor or by number. A number costs reading all pages before it; the API allows up to 100. */
export const paged = <Row, E>(
  query: PagedQuery,
  search: (limit: number, cursor: string | undefined) => Effect.Effect<Page<Row>, E>
) =>
  Effect.gen(function*() {
    const limit = limitOf(query)
    const page = Math.max(1, query.page ?? 1)
    let found = yield* search(limit, query.cursor)
    for (let number = 1; query.cursor === undefined && number < page; number++) {
      found = found.nextCursor === undefined ? { rows: [] } : yield* search(limit, found.nextCursor)
    }
    return {
      rows: found.rows,
      pagination: {
        limit,
        page,
        has_more: found.nextCursor !== undefined,
        ...(found.nextCursor === undefined ? {} : { next_cursor: found.nextCursor })
      }
    }
  })

const time = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?$/
const zoned = /^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+ -]\d{2}:?\d{2})$/i

/** Reads a time of a query as RFC 3339. No zone means UTC; a `+` may have arrived as a space, as `curl` sends it. */
export const timeOf = (field: string, text: string | undefined): Effect.Effect<string | undefined, Invalid> => {
  if (text === undefined || text === "") return Effect.succeed(undefined)
  const [, local, zone] = zoned.exec(text) ?? []
  const whole = local !== undefined && zone !== undefined
    ? `${local.replace(" ", "T")}${zone.replace(" ", "+").toUpperCase()}`
    : time.test(text)
    ? `${text.replace(" ", "T")}${text.length === 10 ? "T00:00" : ""}Z`
    : ""
  const millis = Date.parse(whole)
  if (!Number.isNaN(millis)) return Effect.succeed(new Date(millis).toISOString())
  const message = "Is not a time such as 2026-08-22T10:00:00Z."
  return Effect.fail(new Invalid({ detail: `${field}: ${message}`, errors: [{ field, message }] }))
}

/** Answers 422 for a cursor or a search that the store cannot read. */
export const notUnderstood = (detail: string): Invalid =>
  new Invalid({ detail, errors: [{ field: "cursor", message: detail }] })

/** Rows that are read at a time for a page that has no limit but its bytes. */
const readAtOnce = 2_000

/**
 * Reads a list to a page of `mostBytes`, or of as many rows as are asked for. `placeOf` gives the sort key, which is the
 * cursor; `read` gives the rows after one.
 */
export const readListed = Effect.fnUntraced(function*<Row, E>(
  read: (after: string, most: number) => Effect.Effect<ReadonlyArray<Row>, E>,
  { cursor = "", limit = Infinity }: Pick<PagedQuery, "cursor" | "limit">,
  placeOf: (row: Row) => string,
  mostBytes: number
) {
  const rows: Array<Row> = []
  let bytes = 0
  for (let after = cursor;;) {
    const most = Math.min(readAtOnce, limit - rows.length + 1)
    const part = yield* read(after, most)
    for (const row of part) {
      bytes += jsonBytes(row) + 1
      const isFull = rows.length === limit || (bytes > mostBytes && rows.length > 0)
      if (isFull) return { rows, more: { pagination: { has_more: true, next_cursor: after } } }
      rows.push(row)
      after = placeOf(row)
    }
    if (part.length < most) return { rows, more: {} }
  }
})

/** Cuts a whole list to a page of `mostBytes` after the cursor. `placeOf` gives the sort key, which is the cursor. */
export const listed = <Row>(
  all: ReadonlyArray<Row>,
  cursor: string | undefined,
  placeOf: (row: Row) => string,
  mostBytes: number
) => {
  const after = cursor === undefined ? all : all.filter((row) => placeOf(row) > cursor)
  const rows = withinBytes(after, mostBytes)
  const last = rows.at(-1)
  return rows.length === after.length || last === undefined
    ? { rows, more: {} }
    : { rows, more: { pagination: { has_more: true, next_cursor: placeOf(last) } } }
}
