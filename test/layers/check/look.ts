import * as NodeServices from "@effect/platform-node/NodeServices"
import { ConfigProvider, Effect, Layer } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { checkConfig } from "../../../layers/check/checkConfig.ts"
import { EnvironmentLayerWith } from "../../../layers/environment/EnvironmentLayer.ts"
import { GuardedPostgresLayer } from "../../../layers/postgres/PostgresLayer.ts"
import { RedisLayer } from "../../../layers/redis/RedisLayer.ts"
import { SecretLayer } from "../../../layers/secret/SecretLayer.ts"
import { VaultLayer } from "../../../layers/vault/VaultLayer.ts"
import { AlerterSettings, alerterSettings } from "../../../services/alerter/AlerterSettings.ts"
import { IngestorSettings, ingestorSettings } from "../../../services/ingestor/IngestorSettings.ts"
import { syslogListener } from "../../../services/ingestor/syslog/syslogTls.ts"
import { ForwarderSettings, forwarderSettings } from "../../../services/moog-forwarder/ForwarderSettings.ts"
import { WebUiSettings, webUiSettings } from "../../../services/web-ui/WebUiSettings.ts"
import type { ConfigCheckOptions, ConfigReport } from "../../../src/domain/ConfigFinding.ts"

const lower = { vault: VaultLayer, secrets: SecretLayer, servers: RedisLayer }
const both = { ...lower, servers: Layer.merge(RedisLayer, GuardedPostgresLayer) }
const checks = {
  ingestor: checkConfig("ingestor", {
    ...lower,
    environment: EnvironmentLayerWith("ingestor", IngestorSettings, ingestorSettings),
    listeners: [syslogListener]
  }),
  alerter: checkConfig("alerter", {
    ...both,
    environment: EnvironmentLayerWith("alerter", AlerterSettings, alerterSettings)
  }),
  "moog-forwarder": checkConfig("moog-forwarder", {
    ...lower,
    environment: EnvironmentLayerWith("moog-forwarder", ForwarderSettings, forwarderSettings)
  }),
  "web-ui": checkConfig("web-ui", {
    ...both,
    environment: EnvironmentLayerWith("web-ui", WebUiSettings, webUiSettings)
  })
}

export const fourPrograms = ["ingestor", "alerter", "moog-forwarder", "web-ui"] as const

export type Env = Readonly<Record<string, string>>

export const look = (program: keyof typeof checks, env: Env, options: Partial<ConfigCheckOptions> = {}) =>
  checks[program]({
    production: false,
    connect: false,
    variables: Object.keys(env),
    fromFile: [],
    ...options
  }).pipe(
    Effect.provide(NodeServices.layer),
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
  )

export const bad = ({ findings }: ConfigReport) =>
  findings.flatMap(({ detail, item, ok }) => ok ? [] : [`${item}: ${detail}`])

export const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-check-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)
