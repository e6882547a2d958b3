import { Effect } from "effect"
import { Invalid } from "../../../src/api/shared/Problems.ts"
import { type Page, withinBytes } from "../../../src/logic/withinBytes.ts"

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
