import { Effect, Schema } from "effect"
import { join } from "node:path"
import { run } from "../stack/Command.ts"
import { repository } from "../stack/Paths.ts"
import { chartFolder } from "./chartFolder.ts"
import { schemasFolder } from "./operators/schemasFolder.ts"

/** One use of the chart. */
export interface ChartUse {
  readonly name: string
  readonly values: Readonly<Record<string, unknown>>
  readonly upgrade?: boolean
  readonly release?: string
}

/** Objects that are not the chart's, as YAML. */
export interface Manifest {
  readonly name: string
  readonly text: string
}

const KubernetesObject = Schema.StructWithRest(
  Schema.Struct({
    apiVersion: Schema.String,
    kind: Schema.String,
    metadata: Schema.StructWithRest(Schema.Struct({ name: Schema.String }), [
      Schema.Record(Schema.String, Schema.Unknown)
    ])
  }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)
export type KubernetesObject = typeof KubernetesObject.Type

const Rendered = Schema.Struct({
  name: Schema.String,
  /** Why it cannot be rendered. */
  error: Schema.NullOr(Schema.String),
  notes: Schema.String,
  objects: Schema.Array(KubernetesObject),
  /** What the schemas of Kubernetes and of operators refuse, and kinds that have none. */
  invalid: Schema.Array(Schema.String)
})
export type Rendered = typeof Rendered.Type

const Answer = Schema.fromJsonString(
  Schema.Struct({ lint: Schema.Array(Schema.String), sets: Schema.Array(Rendered), manifests: Schema.Array(Rendered) })
)

/** Versions of Kubernetes whose schemas are there: the oldest that the chart supports, and the newest. */
const kubernetes = ["1.27", "1.37"]

/**
 * Renders the chart for all these uses, and reads these manifests, by one process. `helm` is what
 * `scripts/bootstrap/helm.sh` brings.
 */
export const renderChart = (helm: string, sets: ReadonlyArray<ChartUse>, manifests: ReadonlyArray<Manifest> = []) =>
  run(helm, [join(import.meta.dirname, "renderChart.py")], {
    input: JSON.stringify({
      chart: join(repository, chartFolder),
      kubernetes,
      operators: schemasFolder,
      sets,
      manifests
    })
  }).pipe(Effect.flatMap(Schema.decodeEffect(Answer)))
