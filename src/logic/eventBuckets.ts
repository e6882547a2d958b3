/** Buckets that a count is divided into, at most. */
export const mostBuckets = 60

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const widths = [
  ...[1, 5, 10, 30].map((seconds) => seconds * second),
  ...[1, 5, 10, 30].map((minutes) => minutes * minute),
  ...[1, 3, 6, 12].map((hours) => hours * hour),
  ...[1, 7, 28, 91, 364].map((days) => days * day)
]

/** The width of each bucket, and where each begins: at full ones of its width, in epoch milliseconds. */
export const bucketsOf = (
  from: number,
  to: number
): { readonly width: number; readonly starts: ReadonlyArray<number> } => {
  const width = widths.find((one) => (to - from) / one <= mostBuckets - 1)
    ?? Math.ceil((to - from) / (mostBuckets - 1) / day) * day
  const first = Math.floor(from / width) * width
  return {
    width,
    starts: Array.from({ length: Math.max(1, Math.ceil((to - first) / width)) }, (_, index) => first + index * width)
  }
}
