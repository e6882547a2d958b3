/** Spans that are remembered, about a day of a platform that fails every quarter of an hour. */
const mostSpans = 100

interface Span {
  readonly from: number
  readonly to: number
}

/**
 * Remembers when the circuit breaker was not closed, as this forwarder sees it: to the second or two, and only of its
 * own lifetime and the span that was open when it began. Half open counts as open: nothing but a probe goes through.
 */
export const makeBreakerTime = () => {
  const spans: Array<Span> = []
  let openSince: number | undefined
  return {
    /** The breaker is not closed, since then. */
    opened: (since: number): void => {
      openSince ??= since
    },
    closed: (now: number): void => {
      if (openSince === undefined) return
      spans.push({ from: openSince, to: now })
      if (spans.length > mostSpans) spans.shift()
      openSince = undefined
    },
    /** Milliseconds of this time in which it was not closed. */
    within: (from: number, to: number): number => {
      let open = openSince === undefined ? 0 : Math.max(0, to - Math.max(from, openSince))
      // The newest come last, and most alerts are younger than any of them.
      for (let index = spans.length - 1; index >= 0; index--) {
        const span = spans[index]
        if (span === undefined || span.to <= from) break
        open += Math.max(0, Math.min(to, span.to) - Math.max(from, span.from))
      }
      return open
    }
  }
}
