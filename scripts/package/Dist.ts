import { execFileSync } from "node:child_process"
import { statSync } from "node:fs"
import { join } from "node:path"
import manifest from "../../package.json" with { type: "json" }
import { repository, stateFolder } from "../stack/Paths.ts"

export const { version } = manifest

/** Where packages are made. */
export const distFolder = join(stateFolder, "dist")

/** What every package holds: `bin`, and `lib` with all that the programs read. The image is a copy of it. */
export const treeFolder = join(distFolder, "tree")

const lastCommit = (): number => {
  try {
    return Number(execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: repository, encoding: "utf8" }))
  } catch {
    return Math.floor(statSync(join(repository, "package.json")).mtimeMs / 1_000)
  }
}

/** The time that files of a package bear, in seconds: that of the last commit, unless `SOURCE_DATE_EPOCH` says another. */
export const sourceDate = (): number => Number(process.env["SOURCE_DATE_EPOCH"] ?? lastCommit())
