import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import manifest from "../../package.json" with { type: "json" }
import { repository } from "../stack/Paths.ts"
import { commandFiles } from "./commandFile.ts"
import { distFolder, treeFolder, version } from "./Dist.ts"
import { manPages } from "./manPages.ts"
import { packageReadme } from "./packageReadme.ts"
import type { Papers } from "./papers.ts"

/** Nothing is installed beside it: each file holds all that it needs. `private` keeps it from being published by mistake. */
const packageJson = (pages: ReadonlyArray<string>) => ({
  name: "mutt",
  version,
  private: true,
  description: manifest.description,
  license: manifest.license,
  type: "module",
  bin: Object.fromEntries(Object.keys(commandFiles).map((name) => [name, `bin/${name}`])),
  man: pages.map((name) => `man/${name}`),
  files: ["bin", "lib", "man", "NOTICE", "sbom.cdx.json"],
  os: ["linux", "darwin"],
  engines: { node: manifest.engines.node }
})

/** Packs the tree, and answers where the file is. */
export const npmPackage = (papers: Papers, seconds: number): string => {
  const folder = join(distFolder, "npm")
  rmSync(folder, { recursive: true, force: true })
  cpSync(treeFolder, folder, { recursive: true })
  const pages = manPages(seconds)
  mkdirSync(join(folder, "man"))
  for (const { name, text } of pages) writeFileSync(join(folder, "man", name), text)
  writeFileSync(
    join(folder, "package.json"),
    `${JSON.stringify(packageJson(pages.map(({ name }) => name)), undefined, 2)}\n`
  )
  writeFileSync(join(folder, "README.md"), packageReadme)
  writeFileSync(join(folder, "NOTICE"), papers.notice)
  writeFileSync(join(folder, "sbom.cdx.json"), papers.sbom)
  cpSync(join(repository, "LICENSE"), join(folder, "LICENSE"))
  execFileSync("npm", ["pack", "--silent", "--pack-destination", distFolder], { cwd: folder })
  return join(distFolder, `mutt-${version}.tgz`)
}
