import { readFileSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../../stack/Paths.ts"

const page = readFileSync(join(repository, "docs/BACKUP.md"), "utf8")

/** The blocks of commands of a section of docs/BACKUP.md, as they stand there. */
export const commandsOf = (section: string): ReadonlyArray<string> => {
  const [, text = ""] = page.split(`\n## ${section}\n`)
  const [own = ""] = text.split("\n## ")
  return [...own.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block)
}
