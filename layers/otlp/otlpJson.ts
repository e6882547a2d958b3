import type { EndedSpan, SpanAttributes, SpanKind } from "../telemetry/Span.ts"

/** What the protocol calls the process that tells: its service, version and instance. */
export type Resource = Readonly<Record<string, string>>

/** As the protocol numbers them. */
const kinds: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 }
const failed = 2

const attributesOf = (attributes: SpanAttributes) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }))

const valueOf = (value: string | number | boolean) => {
  if (typeof value === "string") return { stringValue: value }
  if (typeof value === "boolean") return { boolValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

const scope = { name: "mutt" }

const spanOf = (span: EndedSpan) => ({
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId,
  flags: 1,
  name: span.name,
  kind: kinds[span.kind],
  startTimeUnixNano: String(span.startedAt),
  endTimeUnixNano: String(span.endedAt),
  attributes: attributesOf(span.attributes),
  links: span.links.map(({ spanId, traceId }) => ({ traceId, spanId })),
  status: span.failure === undefined ? {} : { code: failed, message: span.failure }
})

/** Encodes spans as `ExportTraceServiceRequest`, in the JSON of OTLP 1. */
export const tracesJson = (resource: Resource) => (spans: ReadonlyArray<EndedSpan>): string =>
  JSON.stringify({
    resourceSpans: [{
      resource: { attributes: attributesOf(resource) },
      scopeSpans: [{ scope, spans: spans.map(spanOf) }]
    }]
  })

/** A line of the log, as it is written, and the span that it was written for. */
export interface LogLine {
  /** Nanoseconds since 1970. */
  readonly at: bigint
  readonly level: string
  readonly message: string
  readonly attributes: SpanAttributes
  readonly traceId: string | undefined
  readonly spanId: string | undefined
}

/** As the protocol numbers them. */
const severities: Readonly<Record<string, number>> = { TRACE: 1, DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 }

/** Encodes log lines as `ExportLogsServiceRequest`. */
export const logsJson = (resource: Resource) => (lines: ReadonlyArray<LogLine>): string =>
  JSON.stringify({
    resourceLogs: [{
      resource: { attributes: attributesOf(resource) },
      scopeLogs: [{
        scope,
        logRecords: lines.map(({ at, attributes, level, message, spanId, traceId }) => ({
          timeUnixNano: String(at),
          observedTimeUnixNano: String(at),
          severityNumber: severities[level] ?? 0,
          severityText: level,
          body: { stringValue: message },
          attributes: attributesOf(attributes),
          traceId,
          spanId
        }))
      }]
    }]
  })
