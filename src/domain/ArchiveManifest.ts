import { Schema } from "effect"

const Sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))
const Count = Schema.Int.check(Schema.isGreaterThan(0))

/** The day, in UTC. */
const Day = Schema.String.check(Schema.isPattern(/^\d{4}-\d{2}-\d{2}$/))

/**
 * What one object of the archive holds. It is written last: an object without a manifest was not finished.
 */
export const ArchiveManifest = Schema.Struct({
  format: Schema.Literal("mutt-events-1"),
  /** The version of MUTT that wrote it. */
  mutt: Schema.String,
  day: Day,
  /** Events of odd times, by the day on which they were recorded. */
  odd: Schema.Boolean,
  /** Its name, from the root of the archive. */
  object: Schema.String.check(Schema.isPattern(/^\d{4}\/\d{2}\/[a-z0-9-]+\.ndjson\.zst$/)),
  rows: Count,
  bytes: Count,
  sha256: Sha256,
  /** The same of what it holds, before it was compressed. */
  plain_bytes: Count,
  plain_sha256: Sha256,
  first_id: Schema.String,
  last_id: Schema.String,
  /** The members of each line. */
  columns: Schema.Array(Schema.String),
  written_at: Schema.String
})
export type ArchiveManifest = typeof ArchiveManifest.Type

/** One day of one kind of events. */
export interface ArchiveDay {
  readonly day: string
  readonly odd: boolean
}

/** A day that was archived again has a number: the highest one counts. */
const names = /^(\d{4})\/(\d{2})\/event-audit-(odd-)?(\1-\2-\d{2})(?:-(\d{1,6}))?\.json$/

/** The folder of a day and how its names begin. */
export const archiveFolderOf = ({ day }: ArchiveDay): string => `${day.slice(0, 4)}/${day.slice(5, 7)}`

/** The name of the object and of its manifest, without `.ndjson.zst` and `.json`. */
export const archiveNameOf = (of: ArchiveDay, number: number): string =>
  `${archiveFolderOf(of)}/event-audit-${of.odd ? "odd-" : ""}${of.day}${number === 1 ? "" : `-${number}`}`

export const objectNameOf = (name: string): string => `${name}.ndjson.zst`
export const manifestNameOf = (name: string): string => `${name}.json`

/** The first number that no name has. */
export const nextNumber = (of: ArchiveDay, names: ReadonlySet<string>): number => {
  const taken = (number: number) => {
    const name = archiveNameOf(of, number)
    return names.has(objectNameOf(name)) || names.has(manifestNameOf(name))
  }
  let number = 1
  while (taken(number)) number += 1
  return number
}

/** The manifests that count, of all names of an archive: for each day the one with the highest number. */
export const newestManifests = (all: ReadonlyArray<string>): ReadonlyArray<string> => {
  const newest = new Map<string, { readonly name: string; readonly number: number }>()
  for (const name of all) {
    const [, , , odd = "", day = "", written = "1"] = names.exec(name) ?? []
    const number = Number(written)
    if (day !== "" && number > (newest.get(odd + day)?.number ?? 0)) newest.set(odd + day, { name, number })
  }
  return [...newest.values()].map(({ name }) => name).sort()
}
