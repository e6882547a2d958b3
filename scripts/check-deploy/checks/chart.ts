import { Effect } from "effect"
import { globSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { parse } from "yaml"
import { chartFolder } from "../../chart/chartFolder.ts"
import { type ChartUse, type Manifest, renderChart } from "../../chart/RenderedChart.ts"
import { repository } from "../../stack/Paths.ts"
import { CannotRun, type Check, CheckFailed } from "../Check.ts"

/** Files of values: the defaults, and a beginning for production. */
export const chartValues = ["values.yaml", "values-production.yaml"].map((name) => join(repository, chartFolder, name))

const chartUses = (): ReadonlyArray<ChartUse> =>
  chartValues.map((path) => ({ name: basename(path), values: parse(readFileSync(path, "utf8")) }))

export const exampleManifests = (): ReadonlyArray<Manifest> =>
  globSync("deploy/examples/*.yaml", { cwd: repository }).sort().map((name) => ({
    name,
    text: readFileSync(join(repository, name), "utf8")
  }))

/**
 * What a cluster would take: each object against the schemas of the oldest and the newest Kubernetes, or of the operator
 * that brings its kind. A kind without a schema fails.
 */
export const chart: Check = {
  name: "chart",
  what: "the Helm chart and deploy/examples: lint, rendered, by the schemas of Kubernetes and of operators",
  tools: ["helm"],
  run: (tool) =>
    renderChart(tool("helm"), chartUses(), exampleManifests()).pipe(
      Effect.mapError(({ message }) => new CannotRun({ because: message })),
      Effect.flatMap(({ lint, manifests, sets }) => {
        const all = [...sets, ...manifests]
        const problems = [
          ...lint.map((fault) => `helm lint: ${fault}`),
          ...all.flatMap(({ error, invalid, name }) =>
            [...error === null ? [] : [error], ...invalid].map((fault) => `${name}: ${fault}`)
          )
        ]
        const objects = all.flatMap((rendered) => rendered.objects)
        const kinds = new Set(objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`))
        return problems.length === 0
          ? Effect.succeed(`${objects.length} objects of ${kinds.size} kinds, each by its schema`)
          : Effect.fail(new CheckFailed({ problems }))
      })
    )
}
