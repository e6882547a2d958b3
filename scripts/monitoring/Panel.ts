/** One panel of a dashboard of Grafana. */
export interface Panel {
  readonly title: string
  /** `stat` shows the value of now, `graph` its course. */
  readonly kind: "graph" | "stat"
  readonly unit: "short" | "s" | "ops" | "percentunit" | "bytes" | "ms"
  /** What each line is, by its legend: `{{job}}` is the value of a label. */
  readonly lines: Readonly<Record<string, string>>
  /** Above it a `stat` turns red; 0 means that anything else is wrong. */
  readonly redFrom?: number
}

export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly panels: ReadonlyArray<Panel>
}

export const graph = (title: string, unit: Panel["unit"], lines: Panel["lines"]): Panel => ({
  title,
  kind: "graph",
  unit,
  lines
})
export const stat = (title: string, unit: Panel["unit"], lines: Panel["lines"], redFrom?: number): Panel => ({
  title,
  kind: "stat",
  unit,
  lines,
  ...(redFrom === undefined ? {} : { redFrom })
})

/** A quantile of a histogram, by its name without `_bucket`. */
export const quantile = (share: number, histogram: string, by = ""): string =>
  `histogram_quantile(${share}, sum by (le${by === "" ? "" : `, ${by}`}) (rate(${histogram}_bucket[$__rate_interval])))`

export const median99 = (histogram: string): Panel["lines"] => ({
  "p50": quantile(0.5, histogram),
  "p99": quantile(0.99, histogram)
})

/** A counter as so many a second, by a label. */
export const perSecond = (counter: string, by: string): Panel["lines"] => ({
  [by.split(", ").map((label) => `{{${label}}}`).join(" ")]: `sum by (${by}) (rate(${counter}[$__rate_interval]))`
})
