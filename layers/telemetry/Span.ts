import type { SpanContext } from "../../src/logic/traceparent.ts"

export type SpanKind = "server" | "client" | "producer" | "consumer" | "internal"

/** Never the text of a message, a key or a query. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

/** A span of a sampled trace. Those of others are never made. */
export interface Span extends SpanContext {
  readonly name: string
  readonly kind: SpanKind
  readonly parentSpanId: string | undefined
  /** Nanoseconds since 1970. */
  readonly startedAt: bigint
  readonly links: ReadonlyArray<SpanContext>
  /** Further attributes replace those of the same name. */
  readonly annotate: (attributes: SpanAttributes) => void
  /** Ends it, and gives it to the exporter. `failure` names what went wrong. Twice is once. */
  readonly end: (failure?: string) => void
}

/** A span that has ended, as the exporter takes it. */
export interface EndedSpan extends Omit<Span, "annotate" | "end" | "sampled"> {
  readonly endedAt: bigint
  readonly attributes: SpanAttributes
  readonly failure: string | undefined
}
