import { Effect } from "effect"
import { Invalid } from "../../../src/api/shared/Problems.ts"
import { withinBytes } from "../../../src/logic/withinBytes.ts"

export interface PagedQuery {
  readonly limit?: number
  readonly cursor?: string
  readonly page?: number
}

interface Page<Row> {
  readonly rows: ReadonlyArray<Row>
  readonly nextCursor?: string | undefined
}

const deepest = 100

/** 50 when absent; what is out of range becomes the nearest that is not. */
export const limitOf = ({ limit }: { readonly limit?: number }): number => Math.min(200, Math.max(1, limit ?? 50))

/**
 * One page: from a cursor, or the page of that number. A number is reached by reading all pages before it, which is bounded;
 * whoever wants to go further follows the cursor.
 */
export const paged = <Row, E>(
  query: PagedQuery,
  search: (limit: number, cursor: string | undefined) => Effect.Effect<Page<Row>, E>
) =>
  Effect.gen(function*() {
    const limit = limitOf(query)
    const page = Math.max(1, query.page ?? 1)
    if (query.cursor === undefined && page > deepest) {
      return yield* new Invalid({
        detail: `page: goes up to ${deepest}.`,
        errors: [{ field: "page", message: `Goes up to ${deepest}; follow next_cursor instead.` }]
      })
    }
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

/** A time of a query in RFC 3339. Without a zone it is UTC; a `+` that arrived as a space, as `curl` sends it, is meant as one. */
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

/** A cursor, or what else of a question a store cannot make sense of. */
export const notUnderstood = (detail: string): Invalid =>
  new Invalid({ detail, errors: [{ field: "cursor", message: detail }] })

/**
 * A list that is read whole, from a cursor on, as far as it fits into `mostBytes`. `placeOf` is the text the list is sorted by, which is
 * the cursor too.
 */
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
