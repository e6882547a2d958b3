import { Effect } from "effect"
import { type KubernetesObject, renderChart, type Rendered } from "../../../scripts/chart/RenderedChart.ts"
import { clientTool } from "../../../scripts/stack/Tools.ts"
import { refused, uses } from "./uses.ts"

const names = Object.keys(uses)

/** Every use of the chart, rendered once for all tests. */
export const renderAll = Effect.gen(function*() {
  const { bin } = yield* clientTool("helm")
  const { lint, sets } = yield* renderChart(bin, [
    ...Object.values(uses),
    ...refused.map(([name, values]) => ({ name, values }))
  ])
  return { lint, sets: sets.slice(0, names.length), refusals: sets.slice(names.length) }
})

/** What is at a path of an object: `spec.template.spec`. */
export const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>(
    (whole, key) => whole !== null && typeof whole === "object" ? Reflect.get(whole, key) : undefined,
    value
  )

export const ofKind = ({ objects }: Rendered, kind: string): ReadonlyArray<KubernetesObject> =>
  objects.filter((object) => object.kind === kind)

export const namesOf = (objects: ReadonlyArray<KubernetesObject>): ReadonlyArray<string> =>
  objects.map(({ metadata }) => metadata.name).sort()

/** The one object of that kind and name. */
export const one = (rendered: Rendered, kind: string, name: string): KubernetesObject => {
  const found = ofKind(rendered, kind).filter(({ metadata }) => metadata.name === name)
  const [object] = found
  if (object === undefined || found.length > 1) throw new Error(`${rendered.name} has ${found.length} ${kind} ${name}`)
  return object
}

const items = (value: unknown): ReadonlyArray<unknown> => Array.isArray(value) ? value : []

/** The pods of a use: what they are made from, and their specification. */
export const pods = (rendered: Rendered): ReadonlyArray<{ readonly of: KubernetesObject; readonly spec: unknown }> => [
  ...["Deployment", "Job"].flatMap((kind) =>
    ofKind(rendered, kind).map((of) => ({ of, spec: at(of, "spec.template.spec") }))
  ),
  ...ofKind(rendered, "Pod").map((of) => ({ of, spec: of["spec"] }))
]

export const environmentOf = (spec: unknown): ReadonlyMap<string, unknown> =>
  new Map(
    items(at(spec, "containers.0.env")).map((entry) => [String(at(entry, "name")), at(entry, "value")])
  )

const component = "app.kubernetes.io/component"

const endOf = (peer: unknown): string => {
  const labels = at(peer, "podSelector.matchLabels")
  return String(at(peer, "ipBlock.cidr") ?? (labels instanceof Object ? Reflect.get(labels, component) : "programs"))
}

/** What a NetworkPolicy lets through, in one line each: `6379/TCP any`. */
export const arrows = (policy: KubernetesObject, way: "ingress" | "egress"): ReadonlyArray<string> =>
  items(at(policy, `spec.${way}`)).map((rule) => {
    const peers = at(rule, way === "ingress" ? "from" : "to")
    const ports = items(at(rule, "ports")).map((port) => `${at(port, "port")}/${at(port, "protocol")}`).sort()
    return [...ports, ...(peers === undefined ? ["any"] : items(peers).map(endOf))].join(" ")
  })
