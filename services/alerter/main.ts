import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, flow, Layer } from "effect"
import { DeliveryRecordPostgres } from "../../layers/audit/DeliveryRecordPostgres.ts"
import { EventAuditPostgres } from "../../layers/audit/EventAuditPostgres.ts"
import { checkConfig } from "../../layers/check/checkConfig.ts"
import { ConfigLayer } from "../../layers/config/ConfigLayer.ts"
import { HttpTransportUndici } from "../../layers/delivery/HttpTransportUndici.ts"
import { EnvironmentLayerWith } from "../../layers/environment/EnvironmentLayer.ts"
import { AuthenticationLayer } from "../../layers/http/AuthenticationLayer.ts"
import { runProgram, ServerLayer } from "../../layers/http/Server.ts"
import { InstancesRedis } from "../../layers/instances/InstancesRedis.ts"
import { SecretReportsLayer } from "../../layers/instances/SecretReportsLayer.ts"
import { OtlpLayer } from "../../layers/otlp/OtlpLayer.ts"
import { GuardedPostgresLayer } from "../../layers/postgres/PostgresLayer.ts"
import { QueueLayer } from "../../layers/queue/QueueLayer.ts"
import { RedisLayer } from "../../layers/redis/RedisLayer.ts"
import { RuleChangesRedis } from "../../layers/rules/RuleChangesRedis.ts"
import { RuleHitsPostgres } from "../../layers/rules/RuleHitsPostgres.ts"
import { RuleSourcePostgres } from "../../layers/rules/RuleSourcePostgres.ts"
import { SecretLayer } from "../../layers/secret/SecretLayer.ts"
import { SilenceChangesRedis } from "../../layers/silence/SilenceChangesRedis.ts"
import { SilenceHitsPostgres } from "../../layers/silence/SilenceHitsPostgres.ts"
import { SilenceSourcePostgres } from "../../layers/silence/SilenceSourcePostgres.ts"
import { TelemetryLayer } from "../../layers/telemetry/TelemetryLayer.ts"
import { AppRoleLoginsLayer } from "../../layers/vault/AppRoleLoginsLayer.ts"
import { VaultLayer } from "../../layers/vault/VaultLayer.ts"
import { AlerterSettings, alerterSettings } from "./AlerterSettings.ts"
import { Program } from "./Program.ts"

const environment = EnvironmentLayerWith("alerter", AlerterSettings, alerterSettings)

runProgram(
  "alerter",
  Program.pipe(
    Layer.provide([
      ServerLayer(),
      AuthenticationLayer,
      QueueLayer,
      ConfigLayer,
      RuleSourcePostgres,
      RuleChangesRedis,
      SilenceSourcePostgres,
      SilenceHitsPostgres,
      SilenceChangesRedis,
      RuleHitsPostgres,
      EventAuditPostgres,
      DeliveryRecordPostgres,
      SecretReportsLayer
    ]),
    Layer.provide(InstancesRedis),
    Layer.provide([RedisLayer, GuardedPostgresLayer]),
    Layer.provide([SecretLayer, AppRoleLoginsLayer]),
    Layer.provide(VaultLayer),
    Layer.provide(OtlpLayer(HttpTransportUndici)),
    Layer.provide(TelemetryLayer("alerter")),
    Layer.provide(environment),
    Layer.provide(NodeServices.layer)
  ),
  flow(
    checkConfig("alerter", {
      environment,
      vault: VaultLayer,
      secrets: SecretLayer,
      servers: Layer.merge(RedisLayer, GuardedPostgresLayer)
    }),
    Effect.provide(NodeServices.layer)
  )
)
