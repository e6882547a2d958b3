/**
 * How much time a page is looked for in. The indexes over arrival and recording name blocks, not rows, so the database
 * reads and sorts all rows of a slice.
 */
export const leastSlice = 1
/** A query that takes longer is for a narrower slice next time, so that reading can stop soon after any page. */
const slowMs = 400
const longMs = 1_000

/**
 * How wide the next slice is: it grows while it gives too few rows for a page, and shrinks when it gives more. `rows` is
 * how many this one had, `undefined` when they were more than a page.
 */
export const nextSlice = (slice: number, rows: number | undefined, pageRows: number, tookMs: number): number => {
  const wanted = rows === undefined ? 0.5 : Math.min(8, Math.max(0.25, 0.8 * pageRows / Math.max(1, rows)))
  const factor = tookMs > longMs ? Math.min(wanted, 0.5) : tookMs > slowMs ? Math.min(wanted, 1) : wanted
  return Math.max(leastSlice, Math.round(slice * factor))
}
