import { Effect } from "effect"
import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { parseAllDocuments, stringify } from "yaml"
import { goInstall } from "../../bench/goInstall.ts"
import { chartFolder } from "../../chart/chartFolder.ts"
import { run } from "../../stack/Command.ts"
import { repository } from "../../stack/Paths.ts"
import { CannotRun, type Check, CheckFailed } from "../Check.ts"
import { chartValues, exampleManifests, isOfKubernetes } from "./chart.ts"

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

/** The objects of a manifest whose schemas kubectl-validate has, as a manifest. */
const ofKubernetes = (manifest: string): string =>
  parseAllDocuments(manifest)
    .map((document) => document.toJS() ?? {})
    .filter(({ apiVersion = "" }) => isOfKubernetes(apiVersion))
    .map((object) => stringify(object))
    .join("---\n")

/** Helm 3 itself, the validation of Kubernetes's own code, and kube-score: some seven minutes of processor to build. */
export const chartStrict: Check = {
  name: "chart-strict",
  what: "the same by Helm 3, kubectl-validate and kube-score, which Go builds in minutes the first time",
  tools: ["go"],
  onlyNamed: true,
  run: () =>
    Effect.gen(function*() {
      const { helm, score, validate } = yield* Effect.all({
        helm: goInstall(modules.helm),
        validate: goInstall(modules.validate),
        score: goInstall(modules.score)
      }).pipe(Effect.mapError((because) => new CannotRun({ because })))
      const at = yield* folder
      const chart = join(repository, chartFolder)
      yield* run(helm, ["lint", "--strict", kubernetes, chart])
      for (const values of chartValues) {
        const rendered = yield* run(helm, ["template", "mutt", chart, kubernetes, "--values", values])
        writeFileSync(join(at, `${basename(values)}`), ofKubernetes(rendered))
      }
      for (const { name, text } of exampleManifests()) writeFileSync(join(at, basename(name)), ofKubernetes(text))
      const files = globSync(join(at, "*.yaml"))
      yield* run(validate, files)
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
