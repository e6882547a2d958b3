const utf8 = new TextEncoder()

/** How many bytes something takes as JSON. */
export const jsonBytes = (value: unknown): number => utf8.encode(JSON.stringify(value)).byteLength

/** As many rows from the first on as take no more than `most` bytes as JSON together; the first one in any case. */
export const withinBytes = <Row>(rows: ReadonlyArray<Row>, most: number): ReadonlyArray<Row> => {
  let bytes = 0
  const over = rows.findIndex((row, index) => {
    bytes += jsonBytes(row) + 1
    return bytes > most && index > 0
  })
  return over < 0 ? rows : rows.slice(0, over)
}

/** Rows of a list that goes on at `nextCursor`, which is absent on the last page. */
export interface Page<Row> {
  readonly rows: ReadonlyArray<Row>
  readonly nextCursor?: string | undefined
}

/** What every search by pages takes. */
export interface PageQuery {
  readonly limit: number
  /** Bytes of a page as JSON; it ends early where the next row would be too many. One row is given in any case. */
  readonly maxBytes?: number | undefined
  /** Opaque; as answered with the page before. */
  readonly cursor?: string | undefined
}

/** The next page of `found`, in which there is more than `limit` rows when there is another one. */
export const pageOf = <Row>(
  found: ReadonlyArray<Row>,
  { limit, maxBytes = Infinity }: PageQuery,
  cursorOf: (row: Row) => string
): Page<Row> => {
  const rows = withinBytes(found.slice(0, limit), maxBytes)
  const last = rows.at(-1)
  return found.length > rows.length && last !== undefined ? { rows, nextCursor: cursorOf(last) } : { rows }
}
