/** Where the definition of a kind of an operator is: a file of the operator's Go module. */
export interface OperatorKind {
  readonly kind: string
  /** With the version that `go mod download` fetches. */
  readonly module: string
  readonly file: string
}

const certManager = "github.com/cert-manager/cert-manager@v1.21.2"
const prometheusOperator = "github.com/prometheus-operator/prometheus-operator@v0.85.0"

/** Every kind of the chart and of deploy/examples that Kubernetes itself does not have. */
export const operatorKinds: ReadonlyArray<OperatorKind> = [
  { kind: "Certificate", module: certManager, file: "deploy/crds/cert-manager.io_certificates.yaml" },
  { kind: "Issuer", module: certManager, file: "deploy/crds/cert-manager.io_issuers.yaml" },
  {
    kind: "ExternalSecret",
    // The first with v1, which later ones add to.
    module: "github.com/external-secrets/external-secrets@v0.16.2",
    file: "config/crds/bases/external-secrets.io_externalsecrets.yaml"
  },
  {
    kind: "PrometheusRule",
    module: prometheusOperator,
    file: "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml"
  },
  {
    kind: "ScaledObject",
    module: "github.com/kedacore/keda/v2@v2.21.0",
    file: "config/crd/bases/keda.sh_scaledobjects.yaml"
  },
  {
    kind: "ServiceMonitor",
    module: prometheusOperator,
    file: "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml"
  }
]

/** CloudNativePG publishes its types as a module, and its definitions not: they are made of these, as it makes them. */
export const cloudNativePg = {
  kind: "Cluster",
  module: "github.com/cloudnative-pg/api@v1.30.0",
  types: "./pkg/api/v1",
  file: "postgresql.cnpg.io_clusters.yaml",
  generator: "sigs.k8s.io/controller-tools/cmd/controller-gen@v0.23.0"
}
