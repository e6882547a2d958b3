import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"
import type { ChartUse } from "../../../scripts/chart/RenderedChart.ts"
import { programNames, settingsOf } from "../../../scripts/chart/settingsSchema.ts"
import { repository } from "../../../scripts/stack/Paths.ts"

const production = parse(readFileSync(join(repository, "deploy/helm/mutt/values-production.yaml"), "utf8"))

/** A value of each setting that can be told from its default. */
export const sampleOf = (standard: string): string | number | boolean =>
  standard === "true" || standard === "false"
    ? standard === "false"
    : /^\d+$/.test(standard)
    ? Number(standard) + 1
    : "/a"

/** Not those that say whether there is TLS at all, and with what. */
const samples = (program: typeof programNames[number]) =>
  Object.fromEntries(
    settingsOf(program).filter(({ name }) =>
      !/_CLIENT_AUTH$|_URL$|ENDPOINT$|^VAULT_|^OIDC_|_NODES$|SENTINELS$/.test(name)
    ).map(
      ({ name, standard }) => [name, sampleOf(standard)]
    )
  )

/** Ways to use the chart, which are rendered together. */
export const uses = {
  defaults: { name: "defaults", values: {} },
  production: { name: "production", values: production },
  upgrade: { name: "upgrade", upgrade: true, values: {} },
  narrowed: { name: "narrowed", upgrade: true, values: { migration: { narrowRights: true } } },
  vault: {
    name: "vault",
    values: {
      settings: { VAULT_ADDR: "https://vault.example.com:8200" },
      secrets: { store: "vault" },
      test: { existingSecret: "mutt-test-keys" }
    }
  },
  approle: {
    name: "approle",
    values: { settings: { VAULT_ROLE_ID: "mutt", VAULT_SECRET_ID_FILE: "/id" }, secrets: { store: "vault" } }
  },
  external: {
    name: "external",
    values: { secrets: { store: "externalSecret", webUiName: "mutt-web-ui", externalSecret: { storeName: "vault" } } }
  },
  tls: { name: "tls", values: { tls: { secretName: "mutt-tls" }, monitoring: { serviceMonitor: { enabled: true } } } },
  scaled: {
    name: "scaled",
    values: {
      scaling: { prometheus: "http://prometheus:9090" },
      programs: {
        ingestor: { autoscaling: { enabled: true } },
        alerter: { autoscaling: { enabled: true, maxReplicas: 6 } },
        "moog-forwarder": { autoscaling: { enabled: true } }
      }
    }
  },
  monitored: {
    name: "monitored",
    values: {
      monitoring: {
        serviceMonitor: { enabled: true },
        rules: { enabled: true, runbook: "https://wiki.example.com/mutt" },
        dashboards: { enabled: true }
      }
    }
  },
  syslog: {
    name: "syslog",
    release: "north",
    values: {
      syslog: { type: "ClusterIP" },
      programs: { ingestor: { settings: { SYSLOG_UDP_PORT: 0, SYSLOG_TLS_PORT: 6514, SERVER_PORT_INGESTOR: 9000 } } }
    }
  },
  network: {
    name: "network",
    values: {
      settings: {
        REDIS_CLUSTER_NODES: "valkey-0:7000,valkey-1:7001",
        DB_PORT: 6432,
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "https://logs.example.com/v1/logs"
      },
      programs: {
        "moog-forwarder": { settings: { MOOG_WEBHOOK_URL: "https://incidents.example.com/events" } },
        "web-ui": {
          settings: {
            OIDC_ISSUER: "https://login.example.com:8443/realm",
            ARCHIVE_S3_ENDPOINT: "http://minio.example.com:9000"
          }
        }
      },
      networkPolicy: {
        redisPorts: [16379],
        peers: {
          platform: [{ ipBlock: { cidr: "192.0.2.0/24" } }],
          archive: [{ ipBlock: { cidr: "198.51.100.0/24" } }]
        }
      }
    }
  },
  open: {
    name: "open",
    values: { networkPolicy: { enabled: false }, syslog: { enabled: false }, migration: { enabled: false } }
  },
  everySetting: {
    name: "everySetting",
    values: {
      settings: Object.assign({}, ...programNames.map(samples)),
      programs: Object.fromEntries(programNames.map((name) => [name, { settings: samples(name) }]))
    }
  }
} satisfies Readonly<Record<string, ChartUse>>

/** Values that are refused, by what is said of them. */
export const refused: ReadonlyArray<readonly [string, ChartUse["values"]]> = [
  ["REDIS_HOTS", { settings: { REDIS_HOTS: "valkey" } }],
  ["POD_NAME", { settings: { POD_NAME: "one" } }],
  ["MOOG_WEBHOOK_URL", { programs: { alerter: { settings: { MOOG_WEBHOOK_URL: "https://example.com" } } } }],
  ["SERVER_PORT_INGESTOR", { settings: { SERVER_PORT_INGESTOR: "http" } }],
  ["replica", { programs: { ingestor: { replica: 3 } } }],
  ["maxReplicas", { programs: { alerter: { autoscaling: { maxReplicas: 1000 } } } }],
  ["store", { secrets: { store: "files" } }],
  ["mounts", { mounts: [{ name: "two", path: "/two", secret: "a", configMap: "b" }] }],
  ["hosts", { ingress: { enabled: true, hosts: { alerter: "alerter.example.com" } } }],
  ["storeName", { secrets: { store: "externalSecret" } }],
  ["scaling.prometheus", { programs: { alerter: { autoscaling: { enabled: true } } } }],
  ["SERVER_TLS_CLIENT_AUTH=required", { settings: { SERVER_TLS_CLIENT_AUTH: "required" } }]
]
