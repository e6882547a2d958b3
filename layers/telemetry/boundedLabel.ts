/**
 * For a label whose values come from outside this program: the first `most` of them have a series each, all others share `other`. Each
 * series is kept for ever and costs every scrape.
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
