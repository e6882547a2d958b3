/** One alert of `deploy/prometheus/alerts.rules.yml`. */
export interface Alert {
  readonly name: string
  readonly expr: string
  /** Seconds for which it must hold. 0: at once. */
  readonly forSeconds: number
  /** `page` wakes somebody, `ticket` waits for the morning; `none` is only `MuttWatchdog`. */
  readonly severity: "page" | "ticket" | "none"
  readonly labels?: Readonly<Record<string, string>>
  /** One line, with the value. */
  readonly summary: string
  /** In one sentence, for the table of OBSERVABILITY.md. */
  readonly means: string
  /** In one or two sentences, for whoever reads it on a telephone. */
  readonly toDo: string
}

/**
 * The causes that have an alert of their own. What follows of them must not page too: such alerts end with this.
 * Ten minutes longer than the cause, as rates look back.
 */
export const unlessCause = (names: ReadonlyArray<string>, back = "10m"): string =>
  `unless on () count(max_over_time(ALERTS{alertname=~"${names.join("|")}"}[${back}]))`

/** The four programs, by the names of their jobs in MUTT 2. */
export const jobs = {
  ingestor: "mutt-ingestor",
  alerter: "mutt-alerter",
  "moog-forwarder": "mutt-moog-forwarder",
  "web-ui": "mutt-webui"
} as const

export const anyJob = `job=~"${Object.values(jobs).join("|")}"`
