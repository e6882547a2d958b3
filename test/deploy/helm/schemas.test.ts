import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync } from "node:fs"
import { stringify } from "yaml"
import { schemasFolder } from "../../../scripts/chart/operators/schemasFolder.ts"
import { renderChart } from "../../../scripts/chart/RenderedChart.ts"
import { clientTool } from "../../../scripts/stack/Tools.ts"
import { needs } from "../../support/needs.ts"

interface Case {
  readonly apiVersion: string
  readonly kind: string
  /** As its operator takes it. */
  readonly right: object
  /** The same with one mistake, and what is said of it. */
  readonly wrong: object
  readonly says: string
}

const secret = { name: "postgres-owner" }
const store = { secretStoreRef: { name: "vault" } }
const target = { scaleTargetRef: { name: "mutt-alerter" } }

const cases: ReadonlyArray<Case> = [
  {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    right: { secretName: "mutt-tls", issuerRef: { name: "mutt" }, dnsNames: ["mutt"] },
    wrong: { secretName: "mutt-tls", issuerRef: { name: "mutt" }, dnsName: ["mutt"] },
    says: "spec: Additional properties are not allowed ('dnsName'"
  },
  {
    apiVersion: "cert-manager.io/v1",
    kind: "Issuer",
    right: { ca: { secretName: "mutt" } },
    wrong: { ca: { secretName: "mutt", secret: "mutt" } },
    says: "spec.ca: Additional properties are not allowed ('secret'"
  },
  {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    right: { ...store, target: { template: { data: { "secrets.json": "{{ . | toJson }}" } } } },
    wrong: { ...store, target: { template: { date: { "secrets.json": "{{ . | toJson }}" } } } },
    says: "spec.target.template: Additional properties are not allowed ('date'"
  },
  {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    right: { ...target, triggers: [{ type: "prometheus", metadata: { threshold: "5000" } }] },
    wrong: { ...target, triggers: [{ type: "prometheus", metadata: { threshold: 5000 } }] },
    says: `spec.triggers.0.metadata.threshold: 5000 is not of type "string"`
  },
  {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    right: { groups: [{ name: "mutt", rules: [{ alert: "MuttDown", expr: "up == 0", for: "1m" }] }] },
    wrong: { groups: [{ name: "mutt", rules: [{ alert: "MuttDown", expr: "up == 0", for: "1 minute" }] }] },
    says: `spec.groups.0.rules.0.for: "1 minute" does not match`
  },
  {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    right: { selector: {}, endpoints: [{ port: "http", interval: "15s" }] },
    wrong: { selector: {}, endpoints: [{ port: "http", scrapeInterval: "15s" }] },
    says: "spec.endpoints.0: Additional properties are not allowed ('scrapeInterval'"
  },
  {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    right: {
      instances: 3,
      bootstrap: { initdb: { secret } },
      postgresql: { synchronous: { method: "any", number: 1 } }
    },
    wrong: {
      instances: 3,
      bootstrap: { initdb: { secret } },
      postgresql: { synchronous: { method: "all", number: 1 } }
    },
    says: `spec.postgresql.synchronous.method: "all" is not one of`
  },
  {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    right: { maxUnavailable: 1 },
    wrong: { maxUnready: 1 },
    says: "spec: Additional properties are not allowed ('maxUnready'"
  }
]

const object = (apiVersion: string, kind: string, spec: object, metadata: object = {}) => ({
  name: kind,
  text: stringify({ apiVersion, kind, metadata: { name: "mutt", ...metadata }, spec })
})

needs(["helm"], () => {
  describe("the schemas by which the chart and deploy/examples are checked", () => {
    it.live("let in what each operator takes, and refuse a mistake in each of its kinds", () =>
      Effect.gen(function*() {
        const { bin } = yield* clientTool("helm")
        const { manifests } = yield* renderChart(bin, [], [
          ...cases.map(({ apiVersion, kind, right }) => object(apiVersion, kind, right)),
          ...cases.map(({ apiVersion, kind, wrong }) => object(apiVersion, kind, wrong)),
          object("cert-manager.io/v1", "Issuer", { selfSigned: {} }, { label: "mutt" }),
          object("cert-manager.io/v9", "Issuer", {})
        ])
        const said = manifests.map(({ invalid }) => invalid)
        assert.deepStrictEqual(said.slice(0, cases.length), cases.map(() => []))
        const mistakes = [
          ...cases.map(({ says }) => says),
          "metadata: Additional properties are not allowed ('label'",
          "there is no schema of cert-manager.io/v9 Issuer"
        ]
        mistakes.forEach((says, index) => {
          const [first = "", second = "", ...others] = said[cases.length + index] ?? []
          for (const line of [first, second]) assert.include(line, says)
          assert.deepStrictEqual(others, [])
        })
      }))

    it("are tried above, one mistake for each", () => {
      const tried = cases.map(({ apiVersion, kind }) =>
        [kind.toLowerCase(), apiVersion.split(".")[0], apiVersion.split("/")[1]].join("-") + ".json"
      )
      assert.includeMembers(tried, readdirSync(schemasFolder))
    })
  })
})
