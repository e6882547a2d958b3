import { createHash } from "node:crypto"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../stack/Paths.ts"

const filesIn = (path: string, without: string | undefined): ReadonlyArray<string> => {
  if (path === without) return []
  const full = join(repository, path)
  return statSync(full).isFile()
    ? [path]
    : readdirSync(full).sort().flatMap((name) => filesIn(`${path}/${name}`, without))
}

/** A hash of the names and contents of these files and folders of the clone: what is built of them is kept by it. */
export const contentKey = (paths: ReadonlyArray<string>, without?: string): string => {
  const hash = createHash("sha256")
  for (const path of paths.flatMap((path) => filesIn(path, without))) {
    hash.update(`${path}\0`).update(readFileSync(join(repository, path))).update("\0")
  }
  return hash.digest("hex")
}
