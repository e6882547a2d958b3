import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { Environment } from "../../../layers/environment/Environment.ts"
import { EnvironmentLayer } from "../../../layers/environment/EnvironmentLayer.ts"

const from = (env: Readonly<Record<string, string>>) =>
  Layer.merge(ConfigProvider.layer(ConfigProvider.fromEnvRecord(env)), NodeServices.layer)
const read = (env: Readonly<Record<string, string>>) =>
  Environment.pipe(Effect.provide(EnvironmentLayer("ingestor").pipe(Layer.provide(from(env))), { local: true }))
const otel = (env: Readonly<Record<string, string>>) => Effect.map(read(env), (environment) => environment.otel)

const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }
const traces = { ...collector, MUTT_OTEL_MODE: "traces" }

describe("the settings of telemetry", () => {
  it.effect("tell nobody unless a mode says so, whatever else is set", () =>
    Effect.gen(function*() {
      for (
        const env of [
          {},
          collector,
          { ...collector, MUTT_OTEL_MODE: "off" },
          { ...collector, OTEL_ENABLED: "false" },
          { ...traces, OTEL_SDK_DISABLED: "true" },
          { ...collector, OTEL_ENABLED: "true", MUTT_OTEL_MODE: "off" },
          { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }
        ]
      ) assert.isUndefined(yield* otel(env), JSON.stringify(env))
    }))

  it.effect("have the usual names, and the usual defaults but for the ratio and the queue", () =>
    Effect.gen(function*() {
      const { headers, traces: address, ...rest } = (yield* otel(traces)) ?? assert.fail()
      assert.strictEqual(address.href, "http://collector:4318/v1/traces")
      assert.deepStrictEqual(Redacted.value(headers), {})
      assert.deepStrictEqual(rest, {
        more: undefined,
        serviceName: undefined,
        resource: {},
        sampler: "parentbased_traceidratio",
        ratio: undefined,
        maxQueue: 10_000,
        maxBatch: 512,
        delayMs: 5_000,
        timeoutMs: 10_000
      })
      const all = (yield* otel({
        ...collector,
        OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector/otlp/",
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "https://logs/in",
        MUTT_OTEL_MODE: "all",
        OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20secret,x-tenant=noc",
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_SERVICE_NAME: "intake",
        OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=prod,host.name=h%2C1",
        OTEL_TRACES_SAMPLER: "always_on",
        OTEL_TRACES_SAMPLER_ARG: "0.25",
        OTEL_BSP_MAX_QUEUE_SIZE: "7"
      })) ?? assert.fail()
      assert.strictEqual(all.traces.href, "https://collector/otlp/v1/traces")
      assert.strictEqual(all.more?.logs.href, "https://logs/in")
      assert.strictEqual(all.more?.metrics.href, "https://collector/otlp/v1/metrics")
      assert.deepStrictEqual(Redacted.value(all.headers), { "api-key": "a secret", "x-tenant": "noc" })
      assert.deepStrictEqual(all.resource, { "deployment.environment.name": "prod", "host.name": "h,1" })
      assert.deepStrictEqual([all.serviceName, all.sampler, all.ratio, all.maxQueue], ["intake", "always_on", 0.25, 7])
    }))

  it.effect("take OTEL_ENABLED of MUTT 2 for traces", () =>
    Effect.gen(function*() {
      assert.isDefined(yield* otel({ ...collector, OTEL_ENABLED: "true" }))
      assert.isUndefined((yield* otel({ ...collector, OTEL_ENABLED: "true" }))?.more)
    }))

  it.effect("say what to do instead of what is not spoken here, and name what is missing or makes no sense", () =>
    Effect.gen(function*() {
      const wrong = [
        [{ MUTT_OTEL_MODE: "traces" }, "OTEL_EXPORTER_OTLP_ENDPOINT is not set, and MUTT_OTEL_MODE needs it."],
        [{ ...traces, MUTT_OTEL_MODE: "metrics" }, "MUTT_OTEL_MODE"],
        [
          { ...traces, OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4317" },
          "port 4317 is for gRPC, which is not spoken here. Use the HTTP port, mostly 4318."
        ],
        [{ ...traces, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://collector:4317/v1/traces" }, "port 4317 is for gRPC"],
        [{ ...traces, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, "grpc is not spoken here. Use http/json"],
        [{ ...traces, OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" }, "http/protobuf is not spoken here"],
        [{ ...traces, OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, "OTEL_EXPORTER_OTLP_ENDPOINT"],
        [{ ...traces, OTEL_TRACES_SAMPLER: "jaeger_remote" }, "OTEL_TRACES_SAMPLER"],
        [{ ...traces, OTEL_TRACES_SAMPLER_ARG: "1.5" }, "Expected a number from 0 to 1"],
        [{ ...traces, OTEL_BSP_MAX_QUEUE_SIZE: "0" }, "OTEL_BSP_MAX_QUEUE_SIZE"],
        [{ ...traces, OTEL_RESOURCE_ATTRIBUTES: "prod" }, "Expected key=value pairs"]
      ] as const
      for (const [env, problem] of wrong) {
        const { message } = yield* Effect.flip(read(env))
        assert.include(message, problem)
      }
    }))

  it.effect("show no header to anybody, nor say one in an error", () =>
    Effect.gen(function*() {
      const headers = "authorization=Basic%20canary"
      const environment = yield* read({ ...traces, OTEL_EXPORTER_OTLP_HEADERS: headers })
      assert.notInclude(JSON.stringify(environment), "canary")
      const refused = yield* Effect.flip(read({ ...traces, OTEL_EXPORTER_OTLP_HEADERS: "canary" }))
      assert.include(refused.message, "OTEL_EXPORTER_OTLP_HEADERS")
      assert.notInclude(refused.message, "canary")
      const login = yield* Effect.flip(read({ ...traces, OTEL_EXPORTER_OTLP_ENDPOINT: "http://me:canary@collector" }))
      assert.include(login.message, "without a login")
      assert.notInclude(login.message, "canary")
    }))
})
