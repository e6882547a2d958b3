import type { Fleet, FleetProcess } from "../../../../src/api/web-ui/Fleet.ts"

/** What is wrong with a process, in words. */
export interface Fault {
  readonly tone: "err" | "warning"
  readonly says: string
  /** A change is on its way to it, as a rule for less than a second. */
  readonly passes?: true
}

/** A process reports each second or two; after this long something keeps it from it. */
const silentMs = 15_000

const newest = (versions: ReadonlyArray<number | null | undefined>): number =>
  Math.max(0, ...versions.filter((version) => typeof version === "number"))

type Newest = Readonly<Record<"rules" | "silences", number>> & { readonly settings: ReadonlyMap<string, number> }

/** The newest versions that any process has. Settings count anew in each epoch. */
const newestOf = ({ processes }: Fleet): Newest => ({
  rules: newest(processes.map(({ rules }) => rules?.version)),
  silences: newest(processes.map(({ silences_version }) => silences_version)),
  settings: new Map(
    processes.flatMap(({ settings }) => settings === null ? [] : [settings.epoch]).map((epoch) => [
      epoch,
      newest(processes.map(({ settings }) => settings?.epoch === epoch ? settings.version : null))
    ])
  )
})

const because = (reason: string | null | undefined): string =>
  reason === null || reason === undefined ? "" : `: ${reason}`

const checkFaults = ({ checks }: FleetProcess): ReadonlyArray<Fault> =>
  Object.entries(checks).flatMap(([name, { detail, required, state }]): ReadonlyArray<Fault> =>
    state === "ok"
      ? []
      : [{
        tone: required && state === "down" ? "err" : "warning",
        says: `${name.replaceAll("_", " ")} is ${state}${because(detail)}`
      }]
  )

const stateFaults = ({ checks, state }: FleetProcess): ReadonlyArray<Fault> => {
  if (state === "draining") return [{ tone: "warning", says: "it is stopping" }]
  const isSaid = Object.values(checks).some(({ required, state }) => required && state === "down")
  return state === "not_ready" && !isSaid ? [{ tone: "err", says: "it is not ready" }] : []
}

const behind = (what: string, version: number | null | undefined, most: number): ReadonlyArray<Fault> =>
  typeof version === "number" && version < most
    ? [{ tone: "warning", says: `its ${what} are of version ${version}, others have ${most}`, passes: true }]
    : []

const versionFaults = ({ rules, settings, silences_version }: FleetProcess, most: Newest): ReadonlyArray<Fault> => [
  ...(settings !== null && !settings.ok
    ? [{ tone: "err", says: `it refused newer settings${because(settings.reason)}` } as const]
    : behind("settings", settings?.version, most.settings.get(settings?.epoch ?? "") ?? 0)),
  ...(rules !== null && !rules.ok
    ? [{ tone: "err", says: `it can't use the newest rules${because(rules.reason)}` } as const]
    : behind("rules", rules?.version, most.rules)),
  ...behind("silences", silences_version, most.silences)
]

const order = { err: 0, warning: 1 } as const

/** What is wrong with each process, the worst first. */
export const faultsOf = (fleet: Fleet): (process: FleetProcess) => ReadonlyArray<Fault> => {
  const most = newestOf(fleet)
  const now = Date.parse(fleet.as_of)
  return (process) => {
    const silent = now - Date.parse(process.last_seen)
    return [
      ...checkFaults(process),
      ...stateFaults(process),
      ...versionFaults(process, most),
      ...(process.secrets_stale === true
        ? [{ tone: "warning", says: "it can't read its secrets, and goes on with those it has" } as const]
        : []),
      ...(silent > silentMs
        ? [{ tone: "warning", says: `it has said nothing for ${Math.round(silent / 1_000)} s` } as const]
        : [])
    ].toSorted((a, b) => order[a.tone] - order[b.tone])
  }
}

export const isReady = ({ state }: FleetProcess): boolean => state === "ready" || state === null

/** Processes that are not ready, and addresses that answer nobody. */
export const notReady = ({ addresses, processes }: Fleet): number =>
  processes.filter((process) => !isReady(process)).length + addresses.length
