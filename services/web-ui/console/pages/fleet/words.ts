import type { FleetProcess } from "../../../../../src/api/web-ui/Fleet.ts"
import type { Program } from "../../../../../src/domain/Settings.ts"

const doing: Readonly<Record<Program, string>> = {
  ingestor: "accepted",
  alerter: "decided",
  "moog-forwarder": "delivered",
  "web-ui": ""
}

/** `12 events/s decided`; what it does not tell is a dash. */
export const rateWords = ({ events_per_second, program }: FleetProcess): string =>
  events_per_second === null
    ? "–"
    : `${events_per_second.toLocaleString("en", { maximumFractionDigits: 1 })}/s ${doing[program]}`.trimEnd()

export const memoryText = (bytes: number | null): string =>
  bytes === null ? "–" : `${Math.round(bytes / 1_048_576).toLocaleString("en")} MiB`

export const versionText = (version: number | null | undefined): string =>
  typeof version === "number" ? `version ${version}` : "not told"

/** The versions by which a process works: `settings 2, rules 7, silences 15`. */
export const versionsText = ({ rules, settings, silences_version }: FleetProcess): string =>
  Object.entries({ settings: settings?.version, rules: rules?.version, silences: silences_version })
    .flatMap(([what, version]) => typeof version === "number" ? [`${what} ${version}`] : []).join(", ")

/** The key of its bundle, which names its sources. */
export const buildText = ({ build, runtime }: Pick<FleetProcess, "build" | "runtime">): string =>
  build ?? (runtime === null ? "not told" : "from its sources")

const listed = (values: ReadonlyArray<string>): string => [...new Set(values)].join(", ")

/** Whether all processes run the same, and what. */
export const buildWords = (processes: ReadonlyArray<FleetProcess>): string => {
  const versions = listed(processes.map(({ version }) => version ?? "not told"))
  const builds = new Set(processes.map(buildText))
  const runtimes = listed(processes.map(({ runtime }) => runtime ?? "a runtime that is not told"))
  const [build] = builds
  if (build === undefined) return "No process says what it runs."
  return builds.size === 1
    ? `Version ${versions}, ${build === "from its sources" ? build : `build ${build}`}, on ${runtimes}.`
    : `◆ ${builds.size} different builds run: version ${versions}, on ${runtimes}.`
}
