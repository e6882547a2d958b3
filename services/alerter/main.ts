import * as NodeServices from "@effect/platform-node/NodeServices"
import { Layer } from "effect"
import { EventAuditPostgres } from "../../layers/audit/EventAuditPostgres.ts"
import { ConfigLayer } from "../../layers/config/ConfigLayer.ts"
import { StaticConfigLayerWith } from "../../layers/config/StaticConfigLayer.ts"
import { AuthenticationLayer } from "../../layers/http/AuthenticationLayer.ts"
import { runProgram, ServerLayer } from "../../layers/http/Server.ts"
import { PostgresLayer } from "../../layers/postgres/PostgresLayer.ts"
import { QueueLayer } from "../../layers/queue/QueueLayer.ts"
import { RedisLayer } from "../../layers/redis/RedisLayer.ts"
import { RuleNewsRedis } from "../../layers/rules/RuleNewsRedis.ts"
import { RulesPostgres } from "../../layers/rules/RulesPostgres.ts"
import { SecretReportsLayer } from "../../layers/secret/SecretReportsLayer.ts"
import { SecretsLayer } from "../../layers/secret/SecretsLayer.ts"
import { TelemetryLayer } from "../../layers/telemetry/TelemetryLayer.ts"
import { VaultLayer } from "../../layers/vault/VaultLayer.ts"
import { AlerterSettings, alerterSettings } from "./AlerterSettings.ts"
import { Program } from "./Program.ts"

runProgram(
  "alerter",
  Program.pipe(
    Layer.provide([
      ServerLayer(),
      AuthenticationLayer,
      QueueLayer,
      ConfigLayer,
      RulesPostgres,
      RuleNewsRedis,
      EventAuditPostgres,
      SecretReportsLayer
    ]),
    Layer.provide([RedisLayer, PostgresLayer]),
    Layer.provide(SecretsLayer),
    Layer.provide(VaultLayer),
    Layer.provide(TelemetryLayer("alerter")),
    Layer.provide(StaticConfigLayerWith("alerter", AlerterSettings, alerterSettings)),
    Layer.provide(NodeServices.layer)
  )
)
