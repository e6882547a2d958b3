import { readFileSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../../stack/Paths.ts"

/** The platform of the page, which the proof has a stand-in for. */
const platform = "https://platform.example.com/events"

export const standIn = { port: 8085, key: "the key of your platform" }

/** The lines of shell below a heading of docs/INSTALL.md, up to the next heading of any rank. */
export const installLines = (heading: string): string => {
  const page = readFileSync(join(repository, "docs/INSTALL.md"), "utf8")
  const [, section] = page.split(new RegExp(`^##+ ${heading}$`, "m"))
  const [part = ""] = (section ?? "").split(/^##/m)
  const blocks = [...part.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = ""]) => text)
  if (blocks.length === 0) throw new Error(`docs/INSTALL.md has no lines under "${heading}"`)
  return blocks.join("").replaceAll(platform, `http://127.0.0.1:${standIn.port}/events`)
}
