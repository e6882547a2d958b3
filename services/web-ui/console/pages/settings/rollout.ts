import type { InstanceItem } from "../../../../../src/api/web-ui/Settings.ts"

/** Process → version → what it said when it ran that version, or refused it. */
export type Seen = ReadonlyMap<string, ReadonlyMap<number, InstanceItem>>

export const processOf = ({ instance, program }: Pick<InstanceItem, "program" | "instance">): string =>
  `${program}/${instance}`

/** Adds what the processes say now to what they said before. */
export const withSeen = (seen: Seen, instances: ReadonlyArray<InstanceItem>): Seen => {
  const next = new Map(seen)
  for (const one of instances) {
    next.set(processOf(one), new Map([...next.get(processOf(one)) ?? [], [one.version, one]]))
  }
  return next
}

/** The newest versions that anybody was seen to run, and the newest of all: the columns, the oldest first. */
export const versionsIn = (seen: Seen, newest: number, most = 4): ReadonlyArray<number> => {
  const all = new Set([newest])
  for (const versions of seen.values()) for (const version of versions.keys()) all.add(version)
  return [...all].filter((version) => version <= newest).sort((a, b) => a - b).slice(-most)
}

export type Following = "runs" | "refused" | "waiting"

/** How far a process is with the newest version. */
export const followingOf = (
  { epoch, ok, version }: InstanceItem,
  newest: { readonly epoch: string; readonly version: number }
): Following => {
  if (epoch !== newest.epoch || version < newest.version) return "waiting"
  return ok ? "runs" : "refused"
}

/** How many processes run the newest version, in words. */
export const rolloutWords = (
  instances: ReadonlyArray<InstanceItem>,
  newest: { readonly epoch: string; readonly version: number }
): string => {
  const count = (wanted: Following) => instances.filter((one) => followingOf(one, newest) === wanted).length
  if (instances.length === 0) return "No process says what it runs."
  const [runs, refused, waiting] = [count("runs"), count("refused"), count("waiting")]
  if (runs === instances.length) {
    return runs === 1
      ? `One process runs version ${newest.version}.`
      : `All ${runs} processes run version ${newest.version}.`
  }
  const parts = [
    `${runs} of ${instances.length} processes run version ${newest.version}`,
    ...(waiting === 0 ? [] : [`${waiting} on the way`]),
    ...(refused === 0 ? [] : [`${refused} refused it`])
  ]
  return `${parts.join(", ")}.`
}
