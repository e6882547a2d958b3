import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Context, Effect, Layer, Logger, References, type Scope, Stream } from "effect"
import { FetchHttpClient, HttpServer } from "effect/http"
import { AuditLayer } from "../../../layers/audit/AuditLayer.ts"
import { EventSampleAudit } from "../../../layers/audit/EventSampleAudit.ts"
import { ConfigLayer } from "../../../layers/config/ConfigLayer.ts"
import { ConfigPublisherRedis } from "../../../layers/config/ConfigPublisherRedis.ts"
import { ConfigStorePostgres } from "../../../layers/config/ConfigStorePostgres.ts"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { HostZonesPostgres } from "../../../layers/config/HostZonesPostgres.ts"
import { Environment } from "../../../layers/environment/Environment.ts"
import { AuthenticationLayer } from "../../../layers/http/AuthenticationLayer.ts"
import { KeyedRequestsPostgres } from "../../../layers/idempotency/KeyedRequestsPostgres.ts"
import { Instances } from "../../../layers/instances/Instances.ts"
import { InstancesRedis } from "../../../layers/instances/InstancesRedis.ts"
import { PostgresLayer } from "../../../layers/postgres/PostgresLayer.ts"
import { QueueLayer } from "../../../layers/queue/QueueLayer.ts"
import type { Redis } from "../../../layers/redis/Redis.ts"
import { RedisLayer } from "../../../layers/redis/RedisLayer.ts"
import { RuleHitsPostgres } from "../../../layers/rules/RuleHitsPostgres.ts"
import { RuleRepositoryLayer } from "../../../layers/rules/RuleRepositoryLayer.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { SilenceRepositoryLayer } from "../../../layers/silence/SilenceRepositoryLayer.ts"
import { SavedViewsPostgres } from "../../../layers/views/SavedViewsPostgres.ts"
import { Program } from "../../../services/web-ui/Program.ts"
import { RotationController } from "../../../services/web-ui/rotation/RotationController.ts"
import { NewestChangesPostgres } from "../../../services/web-ui/stream/NewestChangesPostgres.ts"
import { WebUiSettings } from "../../../services/web-ui/WebUiSettings.ts"
import type { Program as ProgramName } from "../../../src/domain/Settings.ts"
import { redisAdmin, staticConfig } from "../../layers/connections.ts"
import type { LossyProxy } from "../../layers/lossyProxy.ts"
import { makeSecretStoreMemory } from "../../layers/secret/SecretStoreMemory.ts"
import { migrated } from "../../support/migrated.ts"
import { type PostgresServer, postgresServer, type RedisServer, redisServer } from "../../support/servers.ts"
import { archivesFixed } from "./archivesFixed.ts"
import { type Answer, call } from "./harness.ts"
import { settingsOfTests } from "./settingsOfTests.ts"

type Call = (...args: Parameters<typeof call>) => Effect.Effect<Answer, unknown>

/** One web-ui program in this process, with servers of its own to stand on. */
export interface WebUi {
  readonly url: string
  readonly call: Call
  /** Makes these the keys of callers. */
  readonly setKeys: (keys: Readonly<Record<string, string>>) => Effect.Effect<unknown>
}

/** Servers, and as many web-ui programs and readers of settings over them as a test starts. */
export class SettingsWorld extends Context.Service<SettingsWorld, {
  readonly postgres: PostgresServer
  readonly redis: RedisServer
  /** Two of them, which know nothing of each other. */
  readonly webUis: readonly [WebUi, WebUi]
  /** The settings as a process of this name sees them. */
  readonly reader: (program: ProgramName, instance: string) => Effect.Effect<
    DynamicConfig["Service"],
    unknown,
    Scope.Scope
  >
  /** The registry as a process of this name sees it. */
  readonly registry: (
    program: ProgramName,
    instance: string
  ) => Effect.Effect<Instances["Service"], unknown, Scope.Scope>
  readonly admin: Redis["Service"]
}>()("test/services/web-ui/SettingsWorld") {}

export const keys = {
  VIEWER_API_KEY: "viewer-key-of-tests",
  OPERATOR_API_KEY: "operator-key-of-tests",
  ADMIN_API_KEY: "admin-key-of-tests",
  INGEST_API_KEY: "ingest-key-of-tests"
}

export const SettingsWorldLayer = (
  versions: {
    readonly postgres?: number
    readonly redis?: "redis" | "valkey"
    /** What stands between the programs and their servers. */
    readonly between?: { readonly postgres: LossyProxy; readonly redis: LossyProxy }
  } = {}
) =>
  Layer.effect(
    SettingsWorld,
    Effect.gen(function*() {
      const [postgres, redis] = yield* Effect.all([
        postgresServer({ version: versions.postgres }),
        redisServer({ flavour: versions.redis })
      ], { concurrency: 2 })
      yield* migrated(postgres)
      const { between } = versions
      const ports = {
        postgres: between === undefined ? postgres.port : yield* between.postgres.listen(postgres.port),
        redis: between === undefined ? redis.port : yield* between.redis.listen(redis.port)
      }

      const basis = Effect.fnUntraced(function*(program: ProgramName, instance: string) {
        const passwords = { DB_USER: postgres.user, DB_PASS: postgres.password, REDIS_PASS: redis.password }
        const store = yield* makeSecretStoreMemory({ ...keys, ...passwords })
        const fixed = staticConfig({
          redis: { port: ports.redis, username: redis.user },
          postgres: { port: ports.postgres, database: postgres.database }
        })
        const layer = SecretsFromStore.pipe(
          Layer.provide(store.layer),
          Layer.provideMerge(Layer.succeed(Environment, { ...fixed, program, instance })),
          Layer.provideMerge(NodeServices.layer),
          Layer.provideMerge(Logger.layer([]))
        )
        return { layer, setKeys: (keys: Readonly<Record<string, string>>) => store.set({ ...keys, ...passwords }) }
      })

      const webUi = Effect.fnUntraced(function*(instance: string) {
        const { layer, setKeys } = yield* basis("web-ui", instance)
        const context = yield* Program.pipe(
          Layer.provide([AuthenticationLayer, FetchHttpClient.layer]),
          Layer.provide([
            RuleRepositoryLayer,
            SilenceRepositoryLayer,
            RuleHitsPostgres,
            SavedViewsPostgres,
            EventSampleAudit,
            QueueLayer,
            ConfigLayer,
            ConfigStorePostgres,
            HostZonesPostgres,
            KeyedRequestsPostgres,
            ConfigPublisherRedis,
            NewestChangesPostgres,
            archivesFixed,
            Layer.mock(RotationController, {})
          ]),
          Layer.provide(AuditLayer(undefined)),
          Layer.provide(InstancesRedis),
          Layer.provide([PostgresLayer, RedisLayer]),
          Layer.provide(Layer.succeed(WebUiSettings, { ...settingsOfTests, programs: [], consoleFolder: undefined })),
          Layer.provide(layer),
          Layer.provideMerge(NodeHttpServer.layerTest),
          Layer.fresh,
          Layer.build
        )
        const { address } = Context.get(context, HttpServer.HttpServer)
        const port = "port" in address ? address.port : 0
        return {
          url: `http://127.0.0.1:${port}`,
          call: (...args: Parameters<typeof call>) => Effect.provide(call(...args), context),
          setKeys
        }
      })

      return SettingsWorld.of({
        postgres,
        redis,
        webUis: [yield* webUi("web-ui-1"), yield* webUi("web-ui-2")],
        reader: Effect.fnUntraced(function*(program: ProgramName, instance: string) {
          const context = yield* ConfigLayer.pipe(
            Layer.provide(InstancesRedis),
            Layer.provide(RedisLayer),
            Layer.provide((yield* basis(program, instance)).layer),
            Layer.fresh,
            Layer.build
          )
          return Context.get(context, DynamicConfig)
        }),
        registry: Effect.fnUntraced(function*(program: ProgramName, instance: string) {
          const context = yield* InstancesRedis.pipe(
            Layer.provide(RedisLayer),
            Layer.provide((yield* basis(program, instance)).layer),
            Layer.fresh,
            Layer.build
          )
          return Context.get(context, Instances)
        }),
        admin: yield* redisAdmin(redis)
      })
    })
  ).pipe(Layer.provide(Layer.succeed(References.MinimumLogLevel, "None")))

/** Waits for a version of the settings. */
export const reaches = (config: DynamicConfig["Service"], condition: (version: number) => boolean) =>
  config.changes.pipe(Stream.filter(({ version }) => condition(version)), Stream.runHead)
