import { Effect, Layer, Redacted, Stream, SubscriptionRef } from "effect"
import { type ConfigStatus, DynamicConfig, type Snapshot } from "../../../layers/config/DynamicConfig.ts"
import { defaultFailureLimits } from "../../../layers/environment/authSettings.ts"
import { Environment } from "../../../layers/environment/Environment.ts"
import { AuthenticationLayer } from "../../../layers/http/AuthenticationLayer.ts"
import { type ApiKey, SecretMissing, Secrets, type SecretsStatus } from "../../../layers/secret/Secrets.ts"
import type { Caller } from "../../../src/domain/Role.ts"
import { type Program, settings, type SettingValues } from "../../../src/domain/Settings.ts"
import type { FailureLimits } from "../../../src/logic/FailureLimiter.ts"

export const defaults = Object.fromEntries(
  Object.entries(settings).map(([key, { default: value }]) => [key, value])
) as unknown as SettingValues

const entry = (name: string, role: Caller["role"], value: string): ApiKey => ({
  caller: { name, role },
  value: Redacted.make(value)
})

/** One key of each role; the value is the role's name and `-key-of-tests`. */
export const keys: ReadonlyArray<ApiKey> = [
  entry("collector", "ingest", "ingest-key-of-tests"),
  entry("wall", "viewer", "viewer-key-of-tests"),
  entry("noc", "operator", "operator-key-of-tests"),
  entry("root", "admin", "admin-key-of-tests")
]

/** Secrets whose API keys a test may change. */
export const secretsOf = (ref: SubscriptionRef.SubscriptionRef<ReadonlyArray<ApiKey>>) =>
  Layer.succeed(Secrets, {
    get: (name) => Effect.fail(new SecretMissing({ name, store: "test" })),
    text: (name) => Effect.fail(new SecretMissing({ name, store: "test" })),
    candidates: (name) => Effect.fail(new SecretMissing({ name, store: "test" })),
    worked: () => Effect.void,
    refresh: Effect.void,
    refused: () => Effect.void,
    apiKeys: SubscriptionRef.get(ref),
    changes: Stream.map(SubscriptionRef.changes(ref), () => undefined),
    status: Effect.succeed<SecretsStatus>({
      store: "file",
      stale: false,
      ageMs: 5,
      unusable: 0,
      credentials: { DB_PASS: { CURRENT: "0a1b2c3d" } }
    })
  })

/** Tests come from one address, with as many wrong keys as they like. */
const patient: FailureLimits = { ...defaultFailureLimits, free: 1_000_000 }

export const staticOf = (program: Program, authFailures: FailureLimits = patient) =>
  Layer.succeed(Environment, {
    program,
    instance: "test-1",
    version: "9.9.9",
    http: { host: "127.0.0.1", port: 0 },
    authFailures,
    redis: { host: "redis.internal", port: 6379, username: undefined, tls: false, caPath: undefined },
    postgres: {
      host: "db.internal",
      port: 5432,
      database: "mutt",
      tls: false,
      caPath: undefined,
      maxConnections: 5,
      connectionTtlMs: 1_000
    },
    queueName: "mutt:{ingest}",
    secrets: { kind: "env", path: undefined },
    shown: {
      DB_HOST: "db.internal",
      SERVER_PORT_INGESTOR: 8080,
      INGEST_MAX_BODY_BYTES: 26_214_400,
      INGEST_QUEUE_NAME: "mutt:{ingest}",
      MOOG_WEBHOOK_URL: "https://moog.internal/events",
      MUTT_PROGRAMS: "ingestor=http://ingestor.internal",
      MUTT_SECRETS_FILE: "/etc/mutt/secrets.json"
    }
  })

const fixed: Snapshot = { epoch: "e1", version: 7, values: defaults, hostZones: [] }

export const DynamicConfigFixed = Layer.succeed(DynamicConfig, {
  snapshot: () => fixed,
  changes: Stream.make(fixed),
  status: Effect.succeed<ConfigStatus>({ source: "redis", epoch: "e1", version: 7, stale: false, ageMs: 12 })
})

/** Everything `serveProgram` needs but an HTTP server. */
export const world = (program: Program) =>
  AuthenticationLayer.pipe(
    Layer.provideMerge(Layer.unwrap(Effect.map(SubscriptionRef.make(keys), secretsOf))),
    Layer.provideMerge(DynamicConfigFixed),
    Layer.provideMerge(staticOf(program))
  )
