import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../stack/Paths.ts"

/** `*.log` and `node_modules/` of .gitignore: names, wherever they are. */
const ignored = readFileSync(join(repository, ".gitignore"), "utf8").split("\n").filter((line) => line !== "").map(
  (line) => new RegExp(`^${line.replace(/\/$/, "").replaceAll(".", "\\.").replaceAll("*", ".*")}$`)
)
const isSource = (name: string) => name !== ".git" && !ignored.some((pattern) => pattern.test(name))

const below = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(repository, folder), { withFileTypes: true }).filter(({ name }) => isSource(name)).flatMap(
    (entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`
      return entry.isDirectory() ? below(path) : [path]
    }
  )

/** The files of the repository, those not committed yet included. It asks no git, so that an unpacked archive has them too. */
export const sourceFiles = (): ReadonlyArray<string> => below("")
