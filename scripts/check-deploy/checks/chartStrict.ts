import { Effect } from "effect"
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { goInstall } from "../../bench/goInstall.ts"
import { chartFolder } from "../../chart/chartFolder.ts"
import { definitions } from "../../chart/operators/definitions.ts"
import { schemasFolder } from "../../chart/operators/schemasFolder.ts"
import { schemaText, strictSchemas } from "../../chart/operators/strictSchema.ts"
import { run } from "../../stack/Command.ts"
import { repository } from "../../stack/Paths.ts"
import { CannotRun, type Check, CheckFailed } from "../Check.ts"
import { noneOf } from "../tool.ts"
import { chartValues, exampleManifests } from "./chart.ts"

const modules = {
  helm: "helm.sh/helm/v3/cmd/helm@v3.22.0",
  validate: "sigs.k8s.io/kubectl-validate@v0.0.4",
  score: "github.com/zegl/kube-score/cmd/kube-score@v1.20.0"
}

/** One that `go install` made does not know which Kubernetes it is of. */
const kubernetes = "--kube-version=1.37.0"

/** What kube-score asks for and is answered otherwise here. */
const answeredOtherwise = [
  // A limit of the processor stops a program in the middle of a batch; requests share it out fairly.
  "--ignore-container-cpu-limit",
  // A tag is a version and never moves.
  "--ignore-test=container-image-pull-policy",
  // Spread constraints keep pods apart, over zones too.
  "--ignore-test=deployment-has-host-podantiaffinity,statefulset-has-host-podantiaffinity"
]

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-chart-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

const kept = (name: string): string => {
  const path = join(schemasFolder, `${name}.json`)
  return existsSync(path) ? readFileSync(path, "utf8") : ""
}

/** Helm 3 itself, the validation of Kubernetes's own code, and kube-score: some seven minutes of processor to build. */
export const chartStrict: Check = {
  name: "chart-strict",
  what: "the same by Helm 3, kubectl-validate and kube-score, which Go builds in minutes the first time",
  tools: ["go"],
  onlyNamed: true,
  run: () =>
    Effect.gen(function*() {
      const { crds, helm, score, validate } = yield* Effect.all({
        crds: definitions,
        helm: goInstall(modules.helm),
        validate: goInstall(modules.validate),
        score: goInstall(modules.score)
      }).pipe(Effect.mapError((because) => new CannotRun({ because })))
      yield* noneOf(
        crds.flatMap(strictSchemas).filter((one) => kept(one.name) !== schemaText(one)).map(({ name }) =>
          `${name}.json is of another version: node scripts/chart/operators/main.ts`
        )
      )
      const at = yield* folder
      const definitionsFolder = join(at, "definitions")
      mkdirSync(definitionsFolder)
      for (const { kind, text } of crds) writeFileSync(join(definitionsFolder, `${kind}.yaml`), text)
      const chart = join(repository, chartFolder)
      yield* run(helm, ["lint", "--strict", kubernetes, chart])
      for (const values of chartValues) {
        const rendered = yield* run(helm, ["template", "mutt", chart, kubernetes, "--values", values])
        writeFileSync(join(at, basename(values)), rendered)
      }
      for (const { name, text } of exampleManifests()) writeFileSync(join(at, basename(name)), text)
      const files = globSync(join(at, "*.yaml"))
      yield* run(validate, [...files, "--local-crds", definitionsFolder])
      // Each by itself: the same program with and without an autoscaler is no contradiction.
      for (const file of files) yield* run(score, ["score", "--output-format=ci", ...answeredOtherwise, file])
      return `${files.length} manifests are good by Helm 3, kubectl-validate and kube-score`
    }).pipe(
      Effect.catchTag("CommandFailed", ({ message }) => new CheckFailed({ problems: problemsOf(message) })),
      Effect.scoped
    )
}

/** What is well, and what is not asked for, needs no line. */
const problemsOf = (message: string): ReadonlyArray<string> =>
  message.split("\n").filter((line) => !/^\[(?:OK|SKIPPED)\]/.test(line))
