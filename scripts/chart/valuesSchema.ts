import { anyObject, fields, flag, type JsonSchema, listOf, mapOf, oneOf, text, whole, words } from "./schemaParts.ts"
import { type ProgramName, programNames, programSettingsSchema, settingsSchema } from "./settingsSchema.ts"

/** Files of one Secret, ConfigMap or claim. */
const mount = fields({
  name: { type: "string", pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" },
  path: { type: "string", pattern: "^/." },
  secret: words,
  configMap: words,
  persistentVolumeClaim: words,
  keys: listOf(words)
}, {
  required: ["name", "path"],
  oneOf: [{ required: ["secret"] }, { required: ["configMap"] }, { required: ["persistentVolumeClaim"] }]
})

/** An unbounded number of programs is never meant: each has a share of the connections of PostgreSQL and Redis. */
const replicas = whole(0, 64)
const autoscaling = (target: Readonly<Record<string, JsonSchema>>): JsonSchema =>
  fields({ enabled: flag, minReplicas: whole(1, 64), maxReplicas: whole(1, 64), ...target })

const scaled: Partial<Record<ProgramName, JsonSchema>> = {
  ingestor: autoscaling({ cpu: whole(1, 100) }),
  alerter: autoscaling({ waiting: whole(1, 100_000_000) }),
  "moog-forwarder": autoscaling({ waiting: whole(1, 100_000_000) })
}

const program = (name: ProgramName): JsonSchema => {
  const autoscaling = scaled[name]
  return fields({
    replicas,
    settings: programSettingsSchema(name),
    mounts: listOf(mount),
    podAnnotations: mapOf(text),
    resources: fields({ requests: anyObject, limits: anyObject }),
    ...(autoscaling === undefined ? {} : { autoscaling })
  })
}

const peers = [
  "senders",
  "operators",
  "prometheus",
  "redis",
  "postgres",
  "platform",
  "vault",
  "collector",
  "provider",
  "archive"
]
const port = whole(1, 65_535)

/** What `values.yaml` of the chart may say: each name of it, and no other. */
export const valuesSchema = (): JsonSchema => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Values of the chart mutt",
  description: "Made by `npm run docs` from scripts/chart and the tables of docs/CONFIGURATION.md.",
  ...fields({
    // Helm gives it to every chart that is a part of another.
    global: anyObject,
    image: fields({
      repository: words,
      tag: text,
      digest: { type: "string", pattern: "^(sha256:[0-9a-f]{64})?$" },
      pullPolicy: oneOf("Always", "IfNotPresent", "Never")
    }),
    imagePullSecrets: listOf(words),
    settings: { $ref: "#/definitions/settings" },
    settingsFrom: listOf(words),
    mounts: listOf(mount),
    programs: fields(Object.fromEntries(programNames.map((name) => [name, program(name)])), { required: programNames }),
    scaling: fields({ prometheus: text }),
    secrets: fields({
      store: oneOf("existingSecret", "externalSecret", "vault"),
      name: words,
      webUiName: text,
      externalSecret: fields({
        storeName: text,
        storeKind: oneOf("SecretStore", "ClusterSecretStore"),
        refreshInterval: { type: "string", pattern: "^[0-9]+(s|m|h)$" },
        key: words,
        webUiKey: words
      }),
      vault: fields({ role: words, webUiRole: words })
    }),
    tls: fields({ secretName: text }),
    migration: fields({
      enabled: flag,
      existingSecret: words,
      usernameKey: words,
      passwordKey: words,
      redisPasswordKey: words,
      redisSentinelPasswordKey: words,
      appRole: text,
      narrowRights: flag
    }),
    syslog: fields({
      enabled: flag,
      type: oneOf("LoadBalancer", "NodePort", "ClusterIP"),
      externalTrafficPolicy: oneOf("Local", "Cluster"),
      ports: fields({ udp: port, tcp: port, tls: port }, { required: ["udp", "tcp", "tls"] }),
      annotations: mapOf(text),
      loadBalancerClass: text,
      loadBalancerSourceRanges: listOf(words)
    }),
    ingress: fields({
      enabled: flag,
      className: text,
      annotations: mapOf(text),
      hosts: fields({ ingestor: words, "web-ui": words }),
      tlsSecretName: text
    }),
    networkPolicy: fields({
      enabled: flag,
      peers: fields(Object.fromEntries(peers.map((peer) => [peer, listOf(anyObject)]))),
      redisPorts: listOf(port)
    }),
    spread: fields({ whenUnsatisfiable: oneOf("ScheduleAnyway", "DoNotSchedule") }),
    priorityClassName: text,
    nodeSelector: mapOf(text),
    tolerations: listOf(anyObject),
    podLabels: mapOf(text),
    serviceAccountAnnotations: mapOf(text),
    monitoring: fields({
      serviceMonitor: fields({
        enabled: flag,
        interval: { type: "string", pattern: "^[0-9]+s$" },
        labels: mapOf(text)
      }),
      rules: fields({ enabled: flag, labels: mapOf(text), runbook: words }),
      dashboards: fields({ enabled: flag, labels: mapOf(text) })
    }),
    test: fields({ existingSecret: text })
  }),
  definitions: { settings: settingsSchema() }
})
