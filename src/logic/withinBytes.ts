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
