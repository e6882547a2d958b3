/**
 * Bounds the values of a label that come from outside: the first `most` have a series each, all others share `other`.
 * A series is kept for ever and costs every scrape.
 */
export const boundedLabel = (most = 100) => {
  const known = new Set<string>()
  return (value: string): string => {
    if (known.has(value)) return value
    if (known.size >= most) return "other"
    known.add(value)
    return value
  }
}
