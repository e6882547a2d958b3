import { join } from "node:path"
import { sha256OfFile } from "../package/sha256OfFile.ts"

export interface Checksum {
  readonly name: string
  readonly sha256: string
}

/** The SHA-256 of each of these files of a folder, by name. */
export const checksums = (folder: string, names: ReadonlyArray<string>): ReadonlyArray<Checksum> =>
  names.toSorted().map((name) => ({ name, sha256: sha256OfFile(join(folder, name)) }))

/** As `sha256sum --check` reads it. */
export const checksumsFile = (sums: ReadonlyArray<Checksum>): string =>
  sums.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join("")
