import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Context, Effect, FileSystem, Layer, Logger, References, Schema } from "effect"
import { FetchHttpClient, HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"
import { AuditLayer } from "../../../layers/audit/AuditLayer.ts"
import { EventSampleAudit } from "../../../layers/audit/EventSampleAudit.ts"
import { ConfigLayer } from "../../../layers/config/ConfigLayer.ts"
import { ConfigPublisherRedis } from "../../../layers/config/ConfigPublisherRedis.ts"
import { ConfigStorePostgres } from "../../../layers/config/ConfigStorePostgres.ts"
import { HostZonesPostgres } from "../../../layers/config/HostZonesPostgres.ts"
import { Environment } from "../../../layers/environment/Environment.ts"
import { AuthenticationLayer } from "../../../layers/http/AuthenticationLayer.ts"
import { KeyedRequestsPostgres } from "../../../layers/idempotency/KeyedRequestsPostgres.ts"
import { InstancesRedis } from "../../../layers/instances/InstancesRedis.ts"
import { SecretReportsLayer } from "../../../layers/instances/SecretReportsLayer.ts"
import { PostgresLayer } from "../../../layers/postgres/PostgresLayer.ts"
import { QueueLayer } from "../../../layers/queue/QueueLayer.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { RedisLayer } from "../../../layers/redis/RedisLayer.ts"
import { RuleHitsPostgres } from "../../../layers/rules/RuleHitsPostgres.ts"
import { RuleRepositoryPostgres } from "../../../layers/rules/RuleRepositoryPostgres.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { SecretStoreFile } from "../../../layers/secret/SecretStoreFile.ts"
import { SilenceRepositoryPostgres } from "../../../layers/silence/SilenceRepositoryPostgres.ts"
import { SavedViewsPostgres } from "../../../layers/views/SavedViewsPostgres.ts"
import { Program } from "../../../services/web-ui/Program.ts"
import { Rotation } from "../../../services/web-ui/rotation/RotationLive.ts"
import { NewestChangesPostgres } from "../../../services/web-ui/stream/NewestChangesPostgres.ts"
import { WebUiSettings } from "../../../services/web-ui/WebUiSettings.ts"
import { staticConfig } from "../../layers/connections.ts"
import { migrated } from "../../support/migrated.ts"
import { type PostgresServer, postgresServer, type RedisServer, redisServer } from "../../support/servers.ts"
import { archivesFixed } from "./archivesFixed.ts"
import { type Answer, call } from "./harness.ts"
import { settingsOfTests } from "./settingsOfTests.ts"

type Call = (...args: Parameters<typeof call>) => Effect.Effect<Answer, unknown>

/** Two web-ui programs and an alerter's connections over real servers, with their secrets in a file. */
export class RotationWorld extends Context.Service<RotationWorld, {
  readonly postgres: PostgresServer
  readonly redis: RedisServer
  readonly webUis: ReadonlyArray<{ readonly url: string; readonly call: Call }>
  readonly secrets: Effect.Effect<Readonly<Record<string, string>>>
  /** Statements and commands of the other program. */
  readonly work: Effect.Effect<void, unknown>
  readonly log: () => string
}>()("test/services/web-ui/RotationWorld") {}

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Record(Schema.String, Schema.String)))

export const RotationWorldLayer = Layer.effect(
  RotationWorld,
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const [postgres, redis] = yield* Effect.all([postgresServer(), redisServer()], { concurrency: 2 })
    yield* migrated(postgres)
    const path = `${yield* files.makeTempDirectoryScoped()}/secrets.json`
    const start = {
      VIEWER_API_KEY: "viewer-key-of-tests",
      ADMIN_API_KEY: "admin-key-of-tests",
      INGEST_API_KEY: "ingest-key-of-tests",
      DB_USER: postgres.user,
      DB_PASS_CURRENT: postgres.password,
      DB_PASS_NEXT: "",
      REDIS_PASS_CURRENT: redis.password,
      REDIS_ADMIN_USER: "default",
      REDIS_ADMIN_PASS: decodeURIComponent(new URL(redis.adminUrl).password)
    }
    yield* files.writeFileString(path, JSON.stringify(start), { mode: 0o600 })

    const lines: Array<string> = []
    const logged = Logger.make(({ message }) => void lines.push(JSON.stringify(message)))
    const basis = (program: "web-ui" | "alerter", instance: string) => {
      const fixed = staticConfig({
        redis: { port: redis.port, username: redis.user },
        postgres: { port: postgres.port, database: postgres.database }
      })
      return SecretsFromStore.pipe(
        Layer.provide(SecretStoreFile(path)),
        Layer.provideMerge(
          Layer.succeed(Environment, { ...fixed, program, instance, secrets: { kind: "file", path } })
        ),
        Layer.provideMerge(NodeServices.layer),
        Layer.provideMerge(Logger.layer([logged]))
      )
    }

    const webUi = Effect.fnUntraced(function*(instance: string) {
      const context = yield* Program.pipe(
        Layer.provide([AuthenticationLayer, FetchHttpClient.layer, SecretReportsLayer]),
        Layer.provide([
          RuleRepositoryPostgres,
          SilenceRepositoryPostgres,
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
          Rotation
        ]),
        Layer.provide(AuditLayer(undefined)),
        Layer.provide(InstancesRedis),
        Layer.provide([PostgresLayer, RedisLayer]),
        Layer.provide(Layer.succeed(WebUiSettings, { ...settingsOfTests, programs: [], consoleFolder: undefined })),
        Layer.provide(basis("web-ui", instance)),
        Layer.provideMerge(NodeHttpServer.layerTest),
        Layer.fresh,
        Layer.build
      )
      const { address } = Context.get(context, HttpServer.HttpServer)
      return {
        url: `http://127.0.0.1:${"port" in address ? address.port : 0}`,
        call: (...args: Parameters<typeof call>) => Effect.provide(call(...args), context)
      }
    })
    const webUis = [yield* webUi("web-ui-1"), yield* webUi("web-ui-2")]
    const other = yield* SecretReportsLayer.pipe(
      Layer.provide(InstancesRedis),
      Layer.provideMerge(Layer.mergeAll(PostgresLayer, RedisLayer)),
      Layer.provide(basis("alerter", "alerter-1")),
      Layer.fresh,
      Layer.build
    )
    const sql = Context.get(other, SqlClient.SqlClient)
    const client = Context.get(other, Redis)

    return RotationWorld.of({
      postgres,
      redis,
      webUis,
      secrets: files.readFileString(path).pipe(Effect.flatMap(decode), Effect.orDie),
      work: Effect.asVoid(Effect.all([sql`SELECT 1`, client.command("PING")], { concurrency: 2 })),
      log: () => lines.join("\n")
    })
  })
).pipe(Layer.provide([NodeServices.layer, Layer.succeed(References.MinimumLogLevel, "Debug")]))
