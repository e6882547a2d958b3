import { type Context, Metric } from "effect"
import { type Exemplar, exemplarsOf } from "./exemplars.ts"

/** `prometheus`: text 0.0.4. `openmetrics`: OpenMetrics 1.0, which alone has exemplars. */
export type MetricsFormat = "prometheus" | "openmetrics"

type Snapshot = Metric.Metric.Snapshot
type Labels = ReadonlyArray<readonly [string, string]>

const totalSuffix = "_total"
/** What OpenMetrics calls units: the last word of a name. */
const units = ["seconds", "bytes", "ratio"]

/**
 * Writes all metrics of a program: families by name, series by labels, so that two scrapes differ in values alone.
 * Effect's own text has neither exemplars nor OpenMetrics.
 */
export const metricsText = (context: Context.Context<never>, format: MetricsFormat): string => {
  const families = new Map<string, Array<Snapshot>>()
  for (const snapshot of Metric.snapshotUnsafe(context)) {
    const family = families.get(snapshot.id)
    if (family === undefined) families.set(snapshot.id, [snapshot])
    else family.push(snapshot)
  }
  const lines = [...families].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([id, series]) =>
    linesOf(id, series, format)
  )
  if (format === "openmetrics") lines.push("# EOF")
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`
}

const types = { Counter: "counter", Gauge: "gauge", Histogram: "histogram", Summary: "summary", Frequency: "counter" }

const linesOf = (id: string, series: ReadonlyArray<Snapshot>, format: MetricsFormat): ReadonlyArray<string> => {
  const [{ description, type } = { description: undefined, type: "Gauge" as const }] = series
  const open = format === "openmetrics"
  const counts = types[type] === "counter"
  const base = counts && id.endsWith(totalSuffix) ? id.slice(0, -totalSuffix.length) : id
  const family = open && counts ? base : id
  const unit = units.find((unit) => family.endsWith(`_${unit}`))
  const samples = series.map((one) => ({ one, labels: Object.entries(one.attributes ?? {}) }))
    .map(({ labels, one }) => ({ one, labels, text: labelText(labels) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
  return [
    ...(description === undefined ? [] : [`# HELP ${family} ${helpText(description, open)}`]),
    `# TYPE ${family} ${types[type]}`,
    ...(open && unit !== undefined ? [`# UNIT ${family} ${unit}`] : []),
    ...samples.flatMap(({ labels, one }) => samplesOf(open && counts ? `${base}${totalSuffix}` : id, one, labels, open))
  ]
}

const samplesOf = (name: string, snapshot: Snapshot, labels: Labels, open: boolean): ReadonlyArray<string> => {
  const own = labelText(labels)
  switch (snapshot.type) {
    case "Counter":
      return [`${name}${own} ${numberText(snapshot.state.count)}`]
    case "Gauge":
      return [`${name}${own} ${numberText(snapshot.state.value)}`]
    case "Histogram": {
      const { buckets, count, sum } = snapshot.state
      const exemplars = open && labels.length === 0 ? exemplarsOf(snapshot.id) : []
      const bucket = (le: string, cumulated: number, index: number) =>
        `${name}_bucket${labelText([...labels, ["le", le]])} ${cumulated}${exemplarText(exemplars[index])}`
      return [
        ...buckets.map(([boundary, cumulated], index) => bucket(boundText(boundary), cumulated, index)),
        bucket("+Inf", count, buckets.length),
        `${name}_sum${own} ${numberText(sum)}`,
        `${name}_count${own} ${count}`
      ]
    }
    case "Summary": {
      const { count, quantiles, sum } = snapshot.state
      return [
        ...quantiles.flatMap(([quantile, value]) =>
          value === undefined
            ? []
            : [`${name}${labelText([...labels, ["quantile", boundText(quantile)]])} ${numberText(value)}`]
        ),
        `${name}_sum${own} ${numberText(sum)}`,
        `${name}_count${own} ${count}`
      ]
    }
    case "Frequency":
      return [...snapshot.state.occurrences].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) =>
        `${name}${labelText([...labels, ["key", key]])} ${count}`
      )
  }
}

const exemplarText = (exemplar: Exemplar | undefined): string => {
  if (exemplar === undefined) return ""
  const { atMs, traceId, value } = exemplar
  const at = atMs === undefined ? "" : ` ${(atMs / 1_000).toFixed(3)}`
  return ` # ${labelText([["trace_id", traceId]])} ${numberText(value)}${at}`
}

const labelText = (labels: Labels): string =>
  labels.length === 0 ? "" : `{${labels.map(([name, value]) => `${name}="${escaped(value, true)}"`).join(",")}}`

/** OpenMetrics escapes quotes in help as well. */
const helpText = (text: string, open: boolean): string => escaped(text, open)

const escaped = (text: string, quotes: boolean): string => {
  const whole = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
  return quotes ? whole.replaceAll("\"", "\\\"") : whole
}

const numberText = (value: number | bigint): string =>
  value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value)

/** Boundaries are labels, so each has one spelling: that of OpenMetrics, `5.0`, in both formats. */
const boundText = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : numberText(value)
