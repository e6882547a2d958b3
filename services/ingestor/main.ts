import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, flow, Layer } from "effect"
import { checkConfig } from "../../layers/check/checkConfig.ts"
import { ConfigLayer } from "../../layers/config/ConfigLayer.ts"
import { TrapTableLayer } from "../../layers/config/TrapTable.ts"
import { HttpTransportUndici } from "../../layers/delivery/HttpTransportUndici.ts"
import { EnvironmentLayerWith } from "../../layers/environment/EnvironmentLayer.ts"
import { AuthenticationLayer } from "../../layers/http/AuthenticationLayer.ts"
import { runProgram, ServerLayer } from "../../layers/http/Server.ts"
import { InstancesRedis } from "../../layers/instances/InstancesRedis.ts"
import { SecretReportsLayer } from "../../layers/instances/SecretReportsLayer.ts"
import { OtlpLayer } from "../../layers/otlp/OtlpLayer.ts"
import { durabilityOf, QueueDurability } from "../../layers/queue/QueueDurability.ts"
import { QueueLayer } from "../../layers/queue/QueueLayer.ts"
import { RedisLayer } from "../../layers/redis/RedisLayer.ts"
import { SecretLayer } from "../../layers/secret/SecretLayer.ts"
import { TelemetryLayer } from "../../layers/telemetry/TelemetryLayer.ts"
import { AppRoleLoginsLayer } from "../../layers/vault/AppRoleLoginsLayer.ts"
import { VaultLayer } from "../../layers/vault/VaultLayer.ts"
import { IngestorSettings, ingestorSettings } from "./IngestorSettings.ts"
import { Program } from "./Program.ts"
import { SyslogListeners } from "./syslog/SyslogListeners.ts"
import { syslogListener } from "./syslog/syslogTls.ts"

const HttpServerLayer = Layer.unwrap(Effect.map(IngestorSettings, ({ reusePort }) => ServerLayer({ reusePort })))

const environment = EnvironmentLayerWith("ingestor", IngestorSettings, ingestorSettings)

runProgram(
  "ingestor",
  Program(SyslogListeners).pipe(
    Layer.provide([HttpServerLayer, AuthenticationLayer, QueueLayer, ConfigLayer, SecretReportsLayer]),
    Layer.provide(Layer.effect(QueueDurability, Effect.map(IngestorSettings, durabilityOf))),
    Layer.provide(InstancesRedis),
    Layer.provide(RedisLayer),
    Layer.provide([SecretLayer, AppRoleLoginsLayer]),
    Layer.provide(VaultLayer),
    Layer.provide(OtlpLayer(HttpTransportUndici)),
    Layer.provide(TelemetryLayer("ingestor")),
    Layer.provide(Layer.unwrap(Effect.map(IngestorSettings, ({ trapNamesPath }) => TrapTableLayer(trapNamesPath)))),
    Layer.provide(environment),
    Layer.provide(NodeServices.layer)
  ),
  flow(
    checkConfig("ingestor", {
      environment,
      vault: VaultLayer,
      secrets: SecretLayer,
      servers: RedisLayer,
      listeners: [syslogListener]
    }),
    Effect.provide(NodeServices.layer)
  )
)
