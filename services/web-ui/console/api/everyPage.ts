/** Reads a list to its end, page by page. `read` gives the rows at a cursor (`""` is the first) and the next one. */
export async function* everyPage<Row>(
  read: (cursor: string) => Promise<{ readonly rows: ReadonlyArray<Row>; readonly next: string | undefined }>
): AsyncGenerator<ReadonlyArray<Row>> {
  for (let cursor: string | undefined = ""; cursor !== undefined;) {
    const page: Awaited<ReturnType<typeof read>> = await read(cursor)
    yield page.rows
    cursor = page.next
  }
}
