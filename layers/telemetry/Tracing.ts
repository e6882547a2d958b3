import { Cause, Context, Effect, Exit } from "effect"
import { formatTraceparent, parseTraceparent, type SpanContext } from "../../src/logic/traceparent.ts"
import type { Span, SpanAttributes, SpanKind } from "./Span.ts"

export interface SpanOptions {
  readonly kind?: SpanKind | undefined
  /** Absent: the span begins a trace. */
  readonly parent?: SpanContext | undefined
  readonly attributes?: SpanAttributes | undefined
  readonly links?: ReadonlyArray<SpanContext> | undefined
  /** Nanoseconds since 1970; now when absent. */
  readonly startedAt?: bigint | undefined
  /** What `reserve` gave, of a span whose place was told before it begins. */
  readonly as?: SpanContext | undefined
}

/**
 * Tells where the time of an event goes. Whether a trace is told is decided once, where its event arrives; of all others
 * no span is made. Without an exporter no trace is.
 */
export interface Tracing {
  readonly enabled: boolean
  /** Decides about an arrival. Plain, for the hot path. */
  readonly samples: (parent: SpanContext | undefined) => boolean
  /** The part of the traces that is told from now on, unless a sender decides; see `trace_ratio`. */
  readonly setRatio: (ratio: number) => void
  /** Begins a span of a trace that is told. */
  readonly start: (name: string, options?: SpanOptions) => Span
  /** Where a span beneath this one will stand: messages tell of it before it begins. */
  readonly reserve: (parent: SpanContext) => SpanContext
}

const noExporter = (): never => {
  throw new Error("There is no exporter: ask `samples` first.")
}

export const noTracing: Tracing = {
  enabled: false,
  samples: () => false,
  setRatio: () => {},
  start: noExporter,
  reserve: noExporter
}

export const Tracing = Context.Reference<Tracing>("mutt/layers/telemetry/Tracing", { defaultValue: () => noTracing })

/** The span that a fiber works for, or where that of another process stands. Log lines have its ids. */
export const CurrentSpan = Context.Reference<SpanContext & Partial<Pick<Span, "annotate">> | undefined>(
  "mutt/layers/telemetry/CurrentSpan",
  {
    defaultValue: () => undefined
  }
)

/** Reads where a sender or an earlier step stands. */
export const extract = (headers: Readonly<Record<string, string | undefined>>): SpanContext | undefined =>
  parseTraceparent(headers["traceparent"])

/** The headers that tell the next step where this one stands. */
export const inject = (span: SpanContext): { readonly traceparent: string } => ({
  traceparent: formatTraceparent(span)
})

/** What a span of many events is linked to: the sampled ones among their spans. */
export const linkTo = (parents: Iterable<SpanContext | undefined>): ReadonlyArray<SpanContext> => {
  const links: Array<SpanContext> = []
  for (const parent of parents) if (parent?.sampled === true) links.push(parent)
  return links
}

/** What a span says of a failure: its kind, never its text, which may hold what a device wrote. */
export const recordFailure = (cause: Cause.Cause<unknown>): string => {
  if (Cause.hasInterruptsOnly(cause)) return "interrupted"
  const error = Cause.squash(cause)
  if (typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string") {
    const reason = "reason" in error && typeof error.reason === "string" ? `: ${error.reason}` : ""
    return `${error._tag}${reason}`
  }
  return error instanceof Error ? error.name : "failure"
}

/** Runs an effect as a span beneath the current one. Without one, or of a trace that is not told, it just runs. */
export const traced =
  (name: string, attributes?: SpanAttributes, kind: SpanKind = "internal") =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(CurrentSpan, (parent) =>
      parent?.sampled === true
        ? Effect.flatMap(Tracing, (tracing) =>
          tracing.enabled ? within(tracing.start(name, { kind, parent, attributes }), self) : self)
        : self)

/** Runs an effect for a span, and ends the span with it. `failureOf` names a value that stands for a failure. */
export const within = <A, E, R>(
  span: Span,
  self: Effect.Effect<A, E, R>,
  failureOf: (value: A) => string | undefined = () => undefined
): Effect.Effect<A, E, R> =>
  Effect.provideService(self, CurrentSpan, span).pipe(
    Effect.onExit((exit) =>
      Effect.sync(() => span.end(Exit.isFailure(exit) ? recordFailure(exit.cause) : failureOf(exit.value)))
    )
  )

/** Adds to the current span, where there is one. */
export const annotate = (attributes: SpanAttributes): Effect.Effect<void> =>
  Effect.map(CurrentSpan, (span) => span?.annotate?.(attributes))
