/** Where a span stands: the header `traceparent` of W3C Trace Context says it to whoever works on. */
export interface SpanContext {
  /** 32 hexadecimal digits in lower case. */
  readonly traceId: string
  /** 16 of them. */
  readonly spanId: string
  readonly sampled: boolean
}

/** Version, trace, span, flags. A later version may add parts behind them. */
const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const longest = 256
const zeros = /^0+$/

/** Reads the header. What is malformed counts as absent, as the specification says. */
export const parseTraceparent = (text: string | undefined): SpanContext | undefined => {
  if (text === undefined || text.length > longest) return undefined
  const [, version, traceId = "", spanId = "", flags = "", rest] = form.exec(text) ?? []
  if (version === undefined || version === "ff" || (version === "00" && rest !== undefined)) return undefined
  if (zeros.test(traceId) || zeros.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

export const formatTraceparent = ({ sampled, spanId, traceId }: SpanContext): string =>
  `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`
