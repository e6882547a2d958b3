import { Clock, Context, Effect, Layer, Logger, Redacted } from "effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { OtlpMetrics, OtlpSerialization } from "effect/observability"
import { HttpTransport } from "../delivery/HttpTransport.ts"
import { Environment } from "../environment/Environment.ts"
import { logFields, thresholdLogger } from "../telemetry/JsonLogger.ts"
import { Tracing } from "../telemetry/Tracing.ts"
import { makeTracing } from "./makeTracing.ts"
import { makeOtlpExporter, type OtlpExporterOptions } from "./OtlpExporter.ts"
import { type LogLine, logsJson, type Resource, tracesJson } from "./otlpJson.ts"

/**
 * Tells a collector of the program, as `MUTT_OTEL_MODE` says, over `transport`. It belongs right above `TelemetryLayer`.
 */
export const OtlpLayer = (transport: (url: URL) => Layer.Layer<HttpTransport>) =>
  Layer.unwrap(Effect.map(Environment, (environment) => layerOf(transport, environment)))

const layerOf = (
  transport: (url: URL) => Layer.Layer<HttpTransport>,
  { instance, otel, program, version }: Environment["Service"]
) => {
  if (otel === undefined) return Layer.empty
  const resource: Resource = {
    ...otel.resource,
    "service.name": otel.serviceName ?? otel.resource["service.name"] ?? `mutt-${program}`,
    "service.namespace": otel.resource["service.namespace"] ?? "mutt",
    "service.version": version,
    "service.instance.id": instance
  }
  const exporter = <A>(url: URL, about: Pick<OtlpExporterOptions<A>, "signal" | "encode">) =>
    Effect.flatMap(
      Layer.build(transport(url)),
      (context) => makeOtlpExporter<A>({ ...about, post: Context.get(context, HttpTransport).post, settings: otel })
    )

  const Traces = Layer.effect(
    Tracing,
    Effect.flatMap(
      exporter(otel.traces, { signal: "traces", encode: tracesJson(resource) }),
      ({ offer }) => makeTracing(otel, offer)
    )
  )
  if (otel.more === undefined) return Traces
  const { logs, metrics } = otel.more
  const Logs = Logger.layer(
    [
      Effect.map(
        Effect.all([Clock.Clock, exporter(logs, { signal: "logs", encode: logsJson(resource) })]),
        ([clock, { offer }]) => thresholdLogger((options) => offer(lineOf(logFields(options), clock)))
      )
    ],
    { mergeWithExisting: true }
  )
  const Metrics = OtlpMetrics.layer({
    url: metrics.href,
    resource: { attributes: resource },
    headers: Redacted.value(otel.headers)
  }).pipe(Layer.provide([FetchHttpClient.layer, OtlpSerialization.layerJson]))
  return Layer.mergeAll(Traces, Logs, Metrics)
}

const lineOf = (fields: ReturnType<typeof logFields>, clock: Clock.Clock): LogLine => {
  const { annotations, cause, correlationId, level, message, span_id, trace_id } = fields
  return {
    at: clock.currentTimeNanosUnsafe(),
    level,
    message,
    traceId: trace_id,
    spanId: span_id,
    attributes: {
      ...(correlationId === undefined ? {} : { "mutt.correlation_id": correlationId }),
      ...(cause === undefined ? {} : { "exception.stacktrace": cause }),
      ...Object.fromEntries(
        Object.entries(annotations ?? {}).map(([name, value]) => [
          `mutt.${name}`,
          typeof value === "number" || typeof value === "boolean" || typeof value === "string"
            ? value
            : JSON.stringify(value) ?? ""
        ])
      )
    }
  }
}
