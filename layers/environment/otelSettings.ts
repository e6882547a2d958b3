import { Config, Redacted, Schema } from "effect"
import { samplers } from "../../src/logic/traceSampler.ts"
import type { OtelSettings } from "./Environment.ts"
import { between, flag, hidden, optionalSetting, setting, type ValuesOf } from "./setting.ts"

const ratio = (name: string): Config.Config<number> =>
  Config.schema(
    Schema.FiniteFromString.check(Schema.makeFilter((n) => (n >= 0 && n <= 1) || "Expected a number from 0 to 1")),
    name
  )

/** Reads `key=value,key=value`, the values in the encoding of URLs; `undefined` when it is none. */
const pairsOf = (text: string): Readonly<Record<string, string>> | undefined => {
  const pairs: Array<readonly [string, string]> = []
  for (const part of text.split(",")) {
    if (part.trim() === "") continue
    const at = part.indexOf("=")
    if (at < 1) return undefined
    try {
      pairs.push([part.slice(0, at).trim(), decodeURIComponent(part.slice(at + 1).trim())])
    } catch {
      return undefined
    }
  }
  return Object.fromEntries(pairs)
}

const Pairs = Schema.String.check(
  Schema.makeFilter((text) => pairsOf(text) !== undefined || "Expected key=value pairs with commas between them")
)
const pairs = (name: string): Config.Config<string> => Config.schema(Pairs, name)

const Url = Schema.String.check(
  Schema.makeFilter((text) => {
    const address = URL.parse(text)
    const usable = /^https?:$/.test(address?.protocol ?? "") && address?.username === "" && address.password === ""
    return usable || "Expected the http or https address of a collector, without a login"
  })
)
const url = (name: string): Config.Config<string> => Config.schema(Url, name)

/** Names and meanings are those of OpenTelemetry, but for the mode and for what MUTT 2 had. */
export const otelSettings = {
  mode: optionalSetting("MUTT_OTEL_MODE", (name) => Config.Literals(["off", "traces", "all"], name)),
  enabled: setting("OTEL_ENABLED", flag, false),
  disabled: setting("OTEL_SDK_DISABLED", flag, false),
  endpoint: optionalSetting("OTEL_EXPORTER_OTLP_ENDPOINT", url),
  tracesEndpoint: optionalSetting("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", url),
  logsEndpoint: optionalSetting("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", url),
  metricsEndpoint: optionalSetting("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", url),
  protocol: optionalSetting("OTEL_EXPORTER_OTLP_PROTOCOL", Config.String),
  headers: hidden(optionalSetting("OTEL_EXPORTER_OTLP_HEADERS", pairs)),
  timeoutMs: setting("OTEL_EXPORTER_OTLP_TIMEOUT", between(100, 60_000), 10_000),
  serviceName: optionalSetting("OTEL_SERVICE_NAME", Config.NonEmptyString),
  resource: optionalSetting("OTEL_RESOURCE_ATTRIBUTES", pairs),
  sampler: setting("OTEL_TRACES_SAMPLER", (name) => Config.Literals(samplers, name), "parentbased_traceidratio"),
  ratio: optionalSetting("OTEL_TRACES_SAMPLER_ARG", ratio),
  maxQueue: setting("OTEL_BSP_MAX_QUEUE_SIZE", between(1, 1_000_000), 10_000),
  maxBatch: setting("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", between(1, 10_000), 512),
  delayMs: setting("OTEL_BSP_SCHEDULE_DELAY", between(10, 600_000), 5_000)
}

type Values = ValuesOf<typeof otelSettings>

const modeOf = ({ disabled, enabled, mode }: Partial<Values>) =>
  disabled === true ? "off" : mode ?? (enabled === true ? "traces" : "off")

const endpoints = ({ endpoint, logsEndpoint, metricsEndpoint, tracesEndpoint }: Partial<Values>) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: tracesEndpoint,
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: logsEndpoint,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: metricsEndpoint
})

/** What keeps telemetry from being sent, by the names of the settings. */
export const otelProblems = (values: Partial<Values>): ReadonlyArray<string> => {
  const mode = modeOf(values)
  if (mode === "off") return []
  const problems: Array<string> = []
  const { endpoint, logsEndpoint, metricsEndpoint, protocol, tracesEndpoint } = values
  if (protocol !== undefined && protocol !== "http/json") {
    problems.push(
      `OTEL_EXPORTER_OTLP_PROTOCOL: ${protocol} is not spoken here. Use http/json, on a collector's port 4318.`
    )
  }
  for (const [name, address] of Object.entries(endpoints(values))) {
    if (address !== undefined && URL.parse(address)?.port === "4317") {
      problems.push(`${name}: port 4317 is for gRPC, which is not spoken here. Use the HTTP port, mostly 4318.`)
    }
  }
  const missing = tracesEndpoint === undefined ||
    (mode === "all" && (logsEndpoint === undefined || metricsEndpoint === undefined))
  if (endpoint === undefined && missing) {
    problems.push("OTEL_EXPORTER_OTLP_ENDPOINT is not set, and MUTT_OTEL_MODE needs it.")
  }
  return problems
}

/** The settings for the collector; `undefined`: nobody is told. They have no problems any more. */
export const otelOf = (values: Values): OtelSettings | undefined => {
  const mode = modeOf(values)
  if (mode === "off") return undefined
  const address = (own: string | undefined, path: string) =>
    new URL(own ?? `${values.endpoint?.replace(/\/+$/, "")}/v1/${path}`)
  return {
    traces: address(values.tracesEndpoint, "traces"),
    more: mode === "all"
      ? { logs: address(values.logsEndpoint, "logs"), metrics: address(values.metricsEndpoint, "metrics") }
      : undefined,
    headers: Redacted.make(pairsOf(values.headers ?? "") ?? {}),
    serviceName: values.serviceName,
    resource: pairsOf(values.resource ?? "") ?? {},
    sampler: values.sampler,
    ratio: values.ratio,
    maxQueue: values.maxQueue,
    maxBatch: values.maxBatch,
    delayMs: values.delayMs,
    timeoutMs: values.timeoutMs
  }
}
