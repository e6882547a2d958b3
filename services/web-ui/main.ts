import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, flow, Layer } from "effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { ArchivedDaysPostgres } from "../../layers/archive/ArchivedDaysPostgres.ts"
import { ArchiveStoreLayer } from "../../layers/archive/ArchiveStoreLayer.ts"
import { S3Settings } from "../../layers/archive/S3Settings.ts"
import { AuditLayer } from "../../layers/audit/AuditLayer.ts"
import { CheckpointSignerVault } from "../../layers/audit/CheckpointSignerVault.ts"
import { EventSampleAudit } from "../../layers/audit/EventSampleAudit.ts"
import { checkConfig } from "../../layers/check/checkConfig.ts"
import { ConfigLayer } from "../../layers/config/ConfigLayer.ts"
import { ConfigPublisherRedis } from "../../layers/config/ConfigPublisherRedis.ts"
import { ConfigStorePostgres } from "../../layers/config/ConfigStorePostgres.ts"
import { HostZonesPostgres } from "../../layers/config/HostZonesPostgres.ts"
import { TrapTableLayer } from "../../layers/config/TrapTable.ts"
import { HttpTransportUndici } from "../../layers/delivery/HttpTransportUndici.ts"
import { EnvironmentLayerWith } from "../../layers/environment/EnvironmentLayer.ts"
import { AuthenticationLayer } from "../../layers/http/AuthenticationLayer.ts"
import { runProgram, ServerLayer } from "../../layers/http/Server.ts"
import { KeyedRequestsPostgres } from "../../layers/idempotency/KeyedRequestsPostgres.ts"
import { InstancesRedis } from "../../layers/instances/InstancesRedis.ts"
import { SecretReportsLayer } from "../../layers/instances/SecretReportsLayer.ts"
import { OtlpLayer } from "../../layers/otlp/OtlpLayer.ts"
import { DatabaseRoleLayer } from "../../layers/postgres/DatabaseRole.ts"
import { GuardedPostgresLayer } from "../../layers/postgres/PostgresLayer.ts"
import { durabilityOf, QueueDurability } from "../../layers/queue/QueueDurability.ts"
import { QueueLayer } from "../../layers/queue/QueueLayer.ts"
import { RedisLayer } from "../../layers/redis/RedisLayer.ts"
import { RuleHitsPostgres } from "../../layers/rules/RuleHitsPostgres.ts"
import { RuleRepositoryLayer } from "../../layers/rules/RuleRepositoryLayer.ts"
import { SecretLayer } from "../../layers/secret/SecretLayer.ts"
import { SilenceRepositoryLayer } from "../../layers/silence/SilenceRepositoryLayer.ts"
import { TelemetryLayer } from "../../layers/telemetry/TelemetryLayer.ts"
import { VaultLayer } from "../../layers/vault/VaultLayer.ts"
import { SavedViewsPostgres } from "../../layers/views/SavedViewsPostgres.ts"
import { CanaryLayer } from "./canary/CanaryLayer.ts"
import { BooksLookLayer } from "./overview/BooksLook.ts"
import { RecordLookLayer } from "./overview/RecordLook.ts"
import { ServerLookLayer } from "./overview/ServerLook.ts"
import { Program } from "./Program.ts"
import { EventArchiver } from "./retention/EventArchiver.ts"
import { PartitionsLayer } from "./retention/PartitionsLayer.ts"
import { RetentionLayer } from "./retention/RetentionLayer.ts"
import { OpenRotationsLookLayer } from "./rotation/OpenRotationsLook.ts"
import { AppRoleLoginsOfWebUi, Rotation } from "./rotation/RotationLive.ts"
import { NewestChangesPostgres } from "./stream/NewestChangesPostgres.ts"
import { WebUiSettings, webUiSettings } from "./WebUiSettings.ts"

const environment = EnvironmentLayerWith("web-ui", WebUiSettings, webUiSettings)

runProgram(
  "web-ui",
  Program.pipe(
    Layer.provide([
      ServerLayer(),
      AuthenticationLayer,
      FetchHttpClient.layer,
      CanaryLayer,
      BooksLookLayer,
      OpenRotationsLookLayer,
      RecordLookLayer,
      RetentionLayer,
      SecretReportsLayer,
      ServerLookLayer
    ]),
    Layer.provide([
      RuleRepositoryLayer,
      SilenceRepositoryLayer,
      RuleHitsPostgres,
      SavedViewsPostgres,
      EventSampleAudit,
      QueueLayer,
      ConfigLayer,
      ConfigStorePostgres,
      ConfigPublisherRedis,
      HostZonesPostgres,
      KeyedRequestsPostgres,
      DatabaseRoleLayer,
      PartitionsLayer,
      ArchivedDaysPostgres,
      EventArchiver.layer.pipe(
        Layer.provide(ArchiveStoreLayer),
        Layer.provide(Layer.effect(S3Settings, WebUiSettings))
      ),
      NewestChangesPostgres,
      Rotation
    ]),
    Layer.provide(Layer.unwrap(Effect.map(WebUiSettings, ({ checkpointFile }) => AuditLayer(checkpointFile)))),
    Layer.provide(CheckpointSignerVault),
    Layer.provide(Layer.effect(QueueDurability, Effect.map(WebUiSettings, durabilityOf))),
    Layer.provide(InstancesRedis),
    Layer.provide([GuardedPostgresLayer, RedisLayer]),
    Layer.provide([SecretLayer, AppRoleLoginsOfWebUi]),
    Layer.provide(VaultLayer),
    Layer.provide(OtlpLayer(HttpTransportUndici)),
    Layer.provide(TelemetryLayer("web-ui")),
    Layer.provide(Layer.unwrap(Effect.map(WebUiSettings, ({ trapNamesPath }) => TrapTableLayer(trapNamesPath)))),
    Layer.provide(environment),
    Layer.provide(NodeServices.layer)
  ),
  flow(
    checkConfig("web-ui", {
      environment,
      vault: VaultLayer,
      secrets: SecretLayer,
      servers: Layer.merge(GuardedPostgresLayer, RedisLayer)
    }),
    Effect.provide(NodeServices.layer)
  )
)
