import { Config, Context, Effect, FileSystem, Layer, Random } from "effect"
import manifest from "../../package.json" with { type: "json" }
import type { Program } from "../../src/domain/Settings.ts"
import { authSettings } from "./authSettings.ts"
import { Environment } from "./Environment.ts"
import { httpSettings } from "./httpSettings.ts"
import { logLevel } from "./logLevel.ts"
import { otelOf, otelProblems, otelSettings } from "./otelSettings.ts"
import { postgresAddress, postgresDefaults, postgresProblems, postgresSettings } from "./postgresSettings.ts"
import { defaultQueueName, redisProblems, redisSettings, redisTopology } from "./redisSettings.ts"
import {
  between,
  EnvironmentInvalid,
  flag,
  hidden,
  httpUrl,
  inMillis,
  optionalSetting,
  readSettings,
  type Setting,
  setting,
  type SettingsOf,
  type Shown
} from "./setting.ts"
import { tlsProblems, tlsSettings } from "./tlsSettings.ts"
import { vaultAddress, vaultProblems, vaultSettings } from "./vaultSettings.ts"

/**
 * Reads the settings that every program has. Fails with all problems at once, which ends the program with exit code 1.
 *
 * TLS is on unless it is switched off, and the server's certificate and name are verified, against the given CA or the
 * system's.
 */
export const EnvironmentLayer = (program: Program) =>
  Layer.effect(Environment, Effect.map(read(program, {}), ([config]) => config))

/** Reads the settings of this program too, which get a service of their own. */
export const EnvironmentLayerWith = <Id, A extends Readonly<Record<string, unknown>>>(
  program: Program,
  own: Context.Key<Id, A>,
  settings: SettingsOf<A>
): Layer.Layer<Environment | Id, EnvironmentInvalid, FileSystem.FileSystem> =>
  Layer.effectContext(
    Effect.map(read(program, settings), ([config, values]) =>
      Context.make(Environment, config).pipe(Context.add(own, values)))
  )

const port = between(0, 65_535)

const httpPort: Readonly<Record<Program, Setting<number>>> = {
  ingestor: setting("SERVER_PORT_INGESTOR", port, 8080),
  alerter: setting("METRICS_PORT_ALERTER", port, 8081),
  "moog-forwarder": setting("METRICS_PORT_MOOG", port, 8083),
  "web-ui": setting("SERVER_PORT_WEBUI", port, 8090)
}

/** Senders are elsewhere. Who looks at a program is on its machine, unless said otherwise. */
const httpHost = (program: Program): Setting<string> =>
  setting("SERVER_HOST", Config.String, program === "ingestor" ? "0.0.0.0" : "127.0.0.1")

const settings = {
  podName: optionalSetting("POD_NAME", Config.NonEmptyString),
  logLevel: setting("LOG_LEVEL", logLevel, "info"),
  serverUrl: optionalSetting("SERVER_URL", httpUrl),
  drainMs: inMillis(setting("SHUTDOWN_DRAIN_SECONDS", between(0, 300), 0)),
  redisHost: setting("REDIS_HOST", Config.String, "localhost"),
  redisPort: setting("REDIS_PORT", port, 6379),
  redisUser: optionalSetting("REDIS_USER", Config.String),
  redisTls: setting("REDIS_TLS_ENABLED", flag, true),
  redisCa: optionalSetting("REDIS_CA_CERT_PATH", Config.String),
  ...redisSettings,
  ...postgresSettings,
  queueName: setting("INGEST_QUEUE_NAME", Config.NonEmptyString, defaultQueueName),
  lastKnownGood: optionalSetting("CONFIG_LAST_KNOWN_GOOD", Config.NonEmptyString),
  secrets: setting("MUTT_SECRETS", (name) => Config.Literals(["env", "file", "vault"], name), "env"),
  secretsFile: optionalSetting("MUTT_SECRETS_FILE", Config.String),
  adminSecretsFile: hidden(optionalSetting("MUTT_SECRETS_ADMIN_FILE", Config.NonEmptyString)),
  ...vaultSettings
}

const read = Effect.fnUntraced(function*<A extends Readonly<Record<string, unknown>>>(
  program: Program,
  own: SettingsOf<A>
) {
  const files = yield* FileSystem.FileSystem
  const problems: Array<string> = []
  const shown: Record<string, Shown> = {}
  const common = yield* readSettings(
    { ...settings, httpHost: httpHost(program), httpPort: httpPort[program] },
    problems,
    shown
  )
  const http = yield* readSettings(httpSettings, problems, shown)
  const tls = yield* readSettings(tlsSettings, problems, shown)
  const auth = yield* readSettings(authSettings, problems, shown)
  const otel = yield* readSettings(otelSettings, problems, shown)
  const extra = yield* readSettings(own, problems, shown)

  const paths = [
    ["REDIS_CA_CERT_PATH", common.values.redisCa],
    ["DB_TLS_CA_CERT_PATH", common.values.dbCa],
    ["VAULT_CACERT", common.values.vaultCa]
  ] as const
  for (const [name, path] of paths) {
    if (path !== undefined && !(yield* readable(files, path))) problems.push(`${name}: ${path} cannot be read.`)
  }
  if (common.values.secrets === "file" && common.values.secretsFile === undefined) {
    problems.push("MUTT_SECRETS_FILE is not set, and MUTT_SECRETS=file needs it.")
  }
  problems.push(
    ...redisProblems(common.values),
    ...postgresProblems(common.values),
    ...tlsProblems("SERVER_TLS", tls.values),
    ...otelProblems(otel.values)
  )
  if (common.values.secrets === "vault") problems.push(...vaultProblems(common.values))
  const [values, limits, authFailures] = [common.complete, http.complete, auth.complete]
  if (values === undefined || limits === undefined || authFailures === undefined || tls.complete === undefined) {
    return yield* new EnvironmentInvalid({ problems })
  }
  if (extra.complete === undefined || otel.complete === undefined || problems.length > 0) {
    return yield* new EnvironmentInvalid({ problems })
  }

  const instance = values.podName ??
    `${program}-${(yield* Random.nextIntBetween(0, 0x1000000)).toString(16).padStart(6, "0")}`
  shown["POD_NAME"] = instance
  Object.assign(shown, postgresDefaults(values))
  const config = Environment.of({
    program,
    instance,
    version: manifest.version,
    logLevel: values.logLevel,
    http: {
      host: values.httpHost,
      port: values.httpPort,
      // A request has its header first: Node refuses a server that gives the whole less time than the part.
      limits: { ...limits, requestMs: Math.max(limits.requestMs, limits.headerMs) },
      url: values.serverUrl,
      drainMs: values.drainMs
    },
    tls: tls.complete,
    authFailures,
    otel: otelOf(otel.complete),
    redis: {
      host: values.redisHost,
      port: values.redisPort,
      username: values.redisUser,
      tls: values.redisTls,
      caPath: values.redisCa,
      ...redisTopology(values)
    },
    postgres: postgresAddress(values),
    queueName: values.queueName,
    lastKnownGood: values.lastKnownGood,
    secrets: {
      kind: values.secrets,
      path: values.secretsFile,
      ...(program === "web-ui" && values.adminSecretsFile !== undefined ? { adminPath: values.adminSecretsFile } : {}),
      vault: values.secrets === "vault" ? vaultAddress(values) : undefined
    },
    shown
  })
  return [config, extra.complete] as const
})

const readable = (files: FileSystem.FileSystem, path: string) =>
  files.access(path, { readable: true }).pipe(Effect.as(true), Effect.orElseSucceed(() => false))
