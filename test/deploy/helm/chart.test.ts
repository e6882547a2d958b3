import { assert, describe, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import manifest from "../../../package.json" with { type: "json" }
import { programNames, settingsOf } from "../../../scripts/chart/settingsSchema.ts"
import { needs } from "../../support/needs.ts"
import { arrows, at, environmentOf, namesOf, ofKind, one, pods, renderAll } from "./rendered.ts"
import { refused, sampleOf, uses } from "./uses.ts"

class Chart extends Context.Service<Chart, Effect.Success<typeof renderAll>>()("test/deploy/helm/Chart") {
  static readonly layer = Layer.effect(Chart, renderAll)
}

const use = (name: keyof typeof uses) =>
  Effect.map(Chart, ({ sets }) => {
    const found = sets.find((rendered) => rendered.name === name)
    if (found === undefined) throw new Error(`${name} was not rendered`)
    return found
  })

const programs = programNames.map((name) => `mutt-${name}`).sort()

/** Given by the chart alone: the name, an authority for Node.js, the secrets of a command. */
const noSettings = new Set([
  "POD_NAME",
  "NODE_EXTRA_CA_CERTS",
  "DB_USER",
  "DB_PASS",
  "REDIS_PASS",
  "REDIS_SENTINEL_PASS",
  "INGEST_API_KEY",
  "MUTT_API_KEY"
])

needs(["helm"], () => {
  describe("the chart", () => {
    layer(Chart.layer)((it) => {
      it.effect("passes helm lint --strict, and each use of it the schemas of the oldest and the newest Kubernetes", () =>
        Effect.gen(function*() {
          const { lint, sets } = yield* Chart
          assert.deepStrictEqual(lint, [])
          for (const { error, invalid, name } of sets) assert.deepStrictEqual([name, error, invalid], [name, null, []])
        }))

      it.effect("refuses values that it does not know, and says which", () =>
        Effect.gen(function*() {
          const { refusals } = yield* Chart
          assert.lengthOf(refusals, refused.length)
          for (const { error, name } of refusals) assert.include(String(error), name)
        }))

      it.effect("runs the four programs, with what each cluster wants of them", () =>
        Effect.gen(function*() {
          const defaults = yield* use("defaults")
          const webUi = environmentOf(at(one(defaults, "Deployment", "mutt-web-ui"), "spec.template.spec"))
          // The fleet is who reports: each pod, and not a Service that stands for some.
          assert.isFalse(webUi.has("MUTT_PROGRAMS"))
          for (const kind of ["Deployment", "PodDisruptionBudget", "ServiceAccount"]) {
            assert.deepStrictEqual(namesOf(ofKind(defaults, kind)), programs)
          }
          for (const deployment of ofKind(defaults, "Deployment")) {
            const pod = at(deployment, "spec.template.spec")
            const container = at(pod, "containers.0")
            assert.deepStrictEqual(at(container, "args"), ["run", at(container, "name")])
            assert.strictEqual(at(container, "image"), `mutt:${manifest.version}`)
            assert.strictEqual(at(pod, "terminationGracePeriodSeconds"), 45)
            assert.strictEqual(environmentOf(pod).get("SHUTDOWN_DRAIN_SECONDS"), "5")
            assert.strictEqual(at(container, "readinessProbe.httpGet.path"), "/readyz")
            for (const probe of ["startupProbe", "livenessProbe"]) {
              assert.strictEqual(at(container, `${probe}.httpGet.path`), "/healthz")
            }
            assert.strictEqual(at(deployment, "spec.replicas"), 2)
            assert.deepStrictEqual(
              [0, 1].map((index) => at(pod, `topologySpreadConstraints.${index}.topologyKey`)),
              ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
            )
          }
          for (const budget of ofKind(defaults, "PodDisruptionBudget")) {
            assert.strictEqual(at(budget, "spec.maxUnavailable"), 1)
          }
        }))

      it.effect("gives no pod more rights than it needs, however it is used", () =>
        Effect.gen(function*() {
          const { sets } = yield* Chart
          for (const rendered of sets) {
            for (const { of, spec } of pods(rendered)) {
              const security = at(spec, "containers.0.securityContext")
              assert.deepStrictEqual(security, {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] }
              })
              assert.deepInclude(at(spec, "securityContext"), {
                runAsNonRoot: true,
                runAsUser: 65532,
                seccompProfile: { type: "RuntimeDefault" }
              })
              const asksVault = rendered.name === "vault" && of.kind === "Deployment"
              assert.strictEqual(at(spec, "automountServiceAccountToken"), asksVault)
              assert.isDefined(at(spec, "containers.0.resources.limits.memory"))
            }
          }
        }))

      it.effect("gives each program every setting that it reads, as it is written, and nothing that no table names", () =>
        Effect.gen(function*() {
          const { sets } = yield* Chart
          const known = new Set(programNames.flatMap((name) => settingsOf(name).map((setting) => setting.name)))
          const unknown = sets.flatMap(pods).flatMap(({ spec }) =>
            Array.from(environmentOf(spec).keys()).filter((name) => !known.has(name) && !noSettings.has(name))
          )
          assert.deepStrictEqual(unknown, [])
          const all = yield* use("everySetting")
          const wanted = uses.everySetting.values.programs
          for (const program of programNames) {
            const environment = environmentOf(at(one(all, "Deployment", `mutt-${program}`), "spec.template.spec"))
            for (const { name, standard } of settingsOf(program)) {
              if (Object.hasOwn(wanted[program]?.settings ?? {}, name)) {
                assert.strictEqual(environment.get(name), String(sampleOf(standard)), name)
              }
            }
          }
        }))

      it.effect("keeps secrets in files that are mounted, the web-ui's own for it alone", () =>
        Effect.gen(function*() {
          const external = yield* use("external")
          assert.deepStrictEqual(namesOf(ofKind(external, "ExternalSecret")), ["mutt-secrets", "mutt-web-ui"])
          const data = at(one(external, "ExternalSecret", "mutt-secrets"), "spec.target.template.data")
          assert.deepStrictEqual(data, { "secrets.json": "{{ . | toJson }}" })
          for (const program of programNames) {
            const pod = at(one(external, "Deployment", `mutt-${program}`), "spec.template.spec")
            const environment = environmentOf(pod)
            assert.strictEqual(environment.get("MUTT_SECRETS_FILE"), "/etc/mutt/secrets/secrets.json")
            const own = program === "web-ui" ? "/etc/mutt/web-ui-secrets/secrets.json" : undefined
            assert.strictEqual(environment.get("MUTT_SECRETS_ADMIN_FILE"), own)
            assert.strictEqual(JSON.stringify(at(pod, "volumes")).includes("mutt-web-ui"), program === "web-ui")
            assert.strictEqual(at(pod, "volumes.1.secret.defaultMode"), 0o440)
          }
        }))

      it.effect("lets programs log in to Vault by their service accounts, each with its own role", () =>
        Effect.gen(function*() {
          const vault = yield* use("vault")
          const roles = programNames.map((program) => {
            const pod = at(one(vault, "Deployment", `mutt-${program}`), "spec.template.spec")
            assert.strictEqual(at(pod, "serviceAccountName"), `mutt-${program}`)
            assert.strictEqual(environmentOf(pod).get("MUTT_SECRETS"), "vault")
            return environmentOf(pod).get("VAULT_K8S_ROLE")
          })
          assert.deepStrictEqual(roles, ["mutt-programs", "mutt-programs", "mutt-programs", "mutt-webui"])
          assert.notInclude(JSON.stringify(vault.objects), "mutt-secrets")
          const approle = at(one(yield* use("approle"), "Deployment", "mutt-alerter"), "spec.template.spec")
          assert.isFalse(environmentOf(approle).has("VAULT_AUTH"))
        }))

      it.effect("migrates before programs are made or replaced, and takes rights away only when no old one runs", () =>
        Effect.gen(function*() {
          const job = one(yield* use("defaults"), "Job", "mutt-migrate")
          assert.include(JSON.stringify(job.metadata), `"helm.sh/hook":"pre-install,pre-upgrade"`)
          const pod = at(job, "spec.template.spec")
          assert.deepStrictEqual(at(pod, "containers.0.args"), ["migrate", "--app-role", "mutt_app"])
          assert.include(JSON.stringify(at(pod, "containers.0.env")), `"name":"mutt-db-owner","key":"username"`)
          const upgrade = one(yield* use("upgrade"), "Job", "mutt-migrate")
          assert.deepStrictEqual(at(upgrade, "spec.template.spec.containers.0.args"), ["migrate"])
          const rights = one(yield* use("narrowed"), "Job", "mutt-rights")
          assert.include(JSON.stringify(rights.metadata), `"helm.sh/hook":"post-upgrade"`)
          assert.deepStrictEqual(ofKind(yield* use("open"), "Job"), [])
        }))

      it.effect("denies everything and allows the arrows of ARCHITECTURE.md, on the ports that the settings name", () =>
        Effect.gen(function*() {
          const network = yield* use("network")
          const policy = (name: string) => one(network, "NetworkPolicy", `mutt-${name}`)
          assert.deepStrictEqual(at(policy("deny"), "spec.policyTypes"), ["Ingress", "Egress"])
          const dns = "53/TCP 53/UDP any"
          const redis = "16379/TCP 6379/TCP 7000/TCP 7001/TCP any"
          const collector = "4318/TCP 443/TCP any"
          const looks = ["http/TCP any", "http/TCP web-ui"]
          assert.deepStrictEqual(arrows(policy("ingestor"), "ingress"), [
            "5514/TCP 5514/UDP http/TCP any",
            ...looks,
            "http/TCP test"
          ])
          assert.deepStrictEqual(arrows(policy("ingestor"), "egress"), [dns, redis, collector])
          assert.deepStrictEqual(arrows(policy("alerter"), "ingress"), looks)
          assert.deepStrictEqual(arrows(policy("alerter"), "egress"), [dns, redis, "6432/TCP any", collector])
          assert.deepStrictEqual(arrows(policy("moog-forwarder"), "ingress"), looks)
          assert.deepStrictEqual(arrows(policy("moog-forwarder"), "egress"), [
            dns,
            redis,
            "443/TCP 192.0.2.0/24",
            collector
          ])
          assert.deepStrictEqual(arrows(policy("web-ui"), "ingress"), ["http/TCP any", ...looks, "http/TCP test"])
          const all = "8080/TCP 8081/TCP 8083/TCP 8090/TCP programs"
          assert.deepStrictEqual(arrows(policy("web-ui"), "egress"), [
            dns,
            redis,
            "6432/TCP any",
            collector,
            "8443/TCP any",
            "9000/TCP 198.51.100.0/24",
            all
          ])
          assert.deepStrictEqual(arrows(policy("migrate"), "egress"), [dns, "6432/TCP any", redis])
          assert.deepStrictEqual(arrows(policy("test"), "egress"), [dns, all])
          assert.deepStrictEqual(ofKind(yield* use("open"), "NetworkPolicy"), [])
        }))

      it.effect("takes syslog where a port says so, and keeps the address of who sent it", () =>
        Effect.gen(function*() {
          const services = (yield* use("defaults")).objects.filter(({ kind, metadata }) =>
            kind === "Service" && metadata.name.includes("syslog")
          )
          assert.deepStrictEqual(namesOf(services), ["mutt-syslog-tcp", "mutt-syslog-udp"])
          for (const service of services) {
            assert.deepInclude(at(service, "spec"), { type: "LoadBalancer", externalTrafficPolicy: "Local" })
          }
          const north = yield* use("syslog")
          const found = ofKind(north, "Service").map((
            service
          ) => [service.metadata.name, at(service, "spec.ports.0.port")])
          assert.sameDeepMembers(found, [
            ["north-mutt-alerter", 8081],
            ["north-mutt-ingestor", 9000],
            ["north-mutt-moog-forwarder", 8083],
            ["north-mutt-web-ui", 8090],
            ["north-mutt-syslog-tcp", 514],
            ["north-mutt-syslog-tls", 6514]
          ])
          assert.isUndefined(at(one(north, "Service", "north-mutt-syslog-tcp"), "spec.externalTrafficPolicy"))
          assert.notInclude(
            JSON.stringify((yield* use("open")).objects.filter(({ kind }) => kind === "Service")),
            "syslog"
          )
        }))

      it.effect("scales the ingestor by processor, and the others by the largest answer of Prometheus", () =>
        Effect.gen(function*() {
          const scaled = yield* use("scaled")
          const autoscaler = one(scaled, "HorizontalPodAutoscaler", "mutt-ingestor")
          assert.deepInclude(at(autoscaler, "spec"), { minReplicas: 2, maxReplicas: 8 })
          assert.strictEqual(at(autoscaler, "spec.metrics.0.resource.target.averageUtilization"), 70)
          const queries = ofKind(scaled, "ScaledObject").map((object) => [
            at(object, "spec.maxReplicaCount"),
            at(object, "spec.triggers.0.metadata.query")
          ])
          assert.sameDeepMembers(queries, [
            [6, `max(mutt_alerter_events_waiting{namespace="telemetry"})`],
            [4, `max(mutt_moog_queue_depth{namespace="telemetry"})`]
          ])
          const counted = ofKind(scaled, "Deployment").filter((one) => at(one, "spec.replicas") !== undefined)
          assert.deepStrictEqual(namesOf(counted), ["mutt-web-ui"])
        }))

      it.effect("speaks TLS to probes, to Prometheus and to the test, with the certificate that it is given", () =>
        Effect.gen(function*() {
          const tls = yield* use("tls")
          const pod = at(one(tls, "Deployment", "mutt-ingestor"), "spec.template.spec")
          assert.strictEqual(environmentOf(pod).get("SERVER_TLS_CERT_FILE"), "/etc/mutt/tls/tls.crt")
          assert.strictEqual(at(pod, "containers.0.readinessProbe.httpGet.scheme"), "HTTPS")
          const endpoint = at(one(tls, "ServiceMonitor", "mutt-web-ui"), "spec.endpoints.0")
          assert.deepInclude(endpoint, { scheme: "https" })
          assert.strictEqual(at(endpoint, "tlsConfig.serverName"), "mutt-web-ui")
          assert.deepStrictEqual(at(one(tls, "Pod", "mutt-test"), "spec.containers.0.args"), [
            "smoke-test",
            "--ingestor=https://mutt-ingestor:8080",
            "--url=https://mutt-web-ui:8090",
            "--secrets=/etc/mutt/secrets/secrets.json",
            "--ca=/etc/mutt/tls/ca.crt"
          ])
        }))

      it.effect("brings rules, alerts and dashboards, under the names of jobs that they look for", () =>
        Effect.gen(function*() {
          const monitored = yield* use("monitored")
          const jobs = ofKind(monitored, "Service").flatMap(({ metadata }) => {
            const labels = at(metadata, "labels")
            return labels instanceof Object ? [Reflect.get(labels, "mutt/job")].filter((job) => job !== undefined) : []
          })
          const alerts = JSON.stringify(one(monitored, "PrometheusRule", "mutt-alerts"))
          assert.lengthOf(jobs, 4)
          for (const job of jobs) assert.include(alerts, String(job))
          assert.include(alerts, "https://wiki.example.com/mutt#muttprogramdown")
          assert.notInclude(alerts, "docs/RUNBOOK.md")
          assert.isAbove(JSON.stringify(one(monitored, "PrometheusRule", "mutt-recording")).length, 1_000)
          assert.lengthOf(ofKind(monitored, "ConfigMap"), 5)
        }))

      it.effect("says after an install what is still to be set, and nothing where all is", () =>
        Effect.gen(function*() {
          const { notes } = yield* use("defaults")
          for (const name of ["MOOG_WEBHOOK_URL", "REDIS_HOST", "DB_HOST"]) assert.include(notes, name)
          assert.notInclude((yield* use("production")).notes, "!")
          assert.include((yield* use("open")).notes, "networkPolicy.enabled is false")
        }))
    })
  })
})
