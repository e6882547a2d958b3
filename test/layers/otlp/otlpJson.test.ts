import { assert, describe, it } from "@effect/vitest"
import { logsJson, tracesJson } from "../../../layers/otlp/otlpJson.ts"
import type { EndedSpan } from "../../../layers/telemetry/Span.ts"

const span: EndedSpan = {
  name: "in \"quotes\"",
  kind: "consumer",
  traceId: "a".repeat(32),
  spanId: "b".repeat(16),
  parentSpanId: undefined,
  startedAt: 1_790_000_000_000_000_001n,
  endedAt: 1_790_000_000_000_000_002n,
  links: [],
  attributes: {},
  failure: undefined
}

describe("the JSON of OTLP", () => {
  it("says of a span what the protocol asks for", () => {
    const [{ resource, scopeSpans: [{ spans }] }] = JSON.parse(
      tracesJson({ "service.name": "a \"b\"" })([
        span,
        {
          ...span,
          parentSpanId: "c".repeat(16),
          links: [{ traceId: "d".repeat(32), spanId: "e".repeat(16), sampled: true }],
          attributes: { text: "a \"b\"\n\u2028\ud800", whole: 3, part: 0.5, yes: true, big: 2 ** 60, none: NaN },
          failure: "kind \\"
        }
      ])
    ).resourceSpans
    assert.deepStrictEqual(resource, { attributes: [{ key: "service.name", value: { stringValue: "a \"b\"" } }] })
    const common = {
      traceId: span.traceId,
      spanId: span.spanId,
      flags: 1,
      name: "in \"quotes\"",
      kind: 5,
      // Numbers of 64 bits are texts.
      startTimeUnixNano: "1790000000000000001",
      endTimeUnixNano: "1790000000000000002"
    }
    assert.deepStrictEqual(spans, [
      { ...common, attributes: [], links: [], status: {} },
      {
        ...common,
        parentSpanId: "c".repeat(16),
        attributes: [
          { key: "text", value: { stringValue: "a \"b\"\n\u2028\ud800" } },
          { key: "whole", value: { intValue: "3" } },
          { key: "part", value: { doubleValue: 0.5 } },
          { key: "yes", value: { boolValue: true } },
          { key: "big", value: { doubleValue: 2 ** 60 } },
          { key: "none", value: { stringValue: "NaN" } }
        ],
        links: [{ traceId: "d".repeat(32), spanId: "e".repeat(16) }],
        status: { code: 2, message: "kind \\" }
      }
    ])
  })

  it("says of a log line its level and its span, where it has one", () => {
    const line = { at: 1n, message: "m", attributes: { n: 1 }, traceId: undefined, spanId: undefined }
    const [{ scopeLogs: [{ logRecords }] }] = JSON.parse(
      logsJson({})([
        { ...line, level: "WARN" },
        { ...line, level: "ODD", traceId: span.traceId, spanId: span.spanId }
      ])
    ).resourceLogs
    const common = {
      timeUnixNano: "1",
      observedTimeUnixNano: "1",
      body: { stringValue: "m" },
      attributes: [{ key: "n", value: { intValue: "1" } }]
    }
    assert.deepStrictEqual(logRecords, [
      { ...common, severityNumber: 13, severityText: "WARN" },
      { ...common, severityNumber: 0, severityText: "ODD", traceId: span.traceId, spanId: span.spanId }
    ])
  })
})
