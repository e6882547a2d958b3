// Makes the packages.
import { copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { readOptions } from "../command-line/Script.ts"
import { buildTree } from "./buildTree.ts"
import { debianPackage } from "./debianPackage.ts"
import { distFolder, sourceDate, treeFolder, version } from "./Dist.ts"
import { npmPackage } from "./npmPackage.ts"
import { options } from "./options.ts"
import { papers } from "./papers.ts"
import { sha256OfFile } from "./sha256OfFile.ts"

const { json, keepTree, only, output = distFolder } = await readOptions(options)

const make = async () => {
  mkdirSync(distFolder, { recursive: true })
  if (!keepTree || !existsSync(treeFolder)) await buildTree()
  if (only === "tree") return []
  const seconds = sourceDate()
  const paper = papers(seconds)
  const bill = join(distFolder, `mutt-${version}.sbom.cdx.json`)
  writeFileSync(bill, paper.sbom)
  return [
    bill,
    ...(only === "deb" ? [] : [npmPackage(paper, seconds)]),
    ...(only === "npm" ? [] : [debianPackage(paper, seconds)])
  ]
}

/** Where a file is to be found that was made in the folder of packages. */
const handedOut = (made: string): string => {
  if (output === distFolder) return made
  mkdirSync(output, { recursive: true })
  const path = join(output, basename(made))
  copyFileSync(made, path)
  return path
}

const made = (await make()).map(handedOut).map((path) => ({
  path,
  bytes: statSync(path).size,
  sha256: sha256OfFile(path)
}))
process.stdout.write(
  json
    ? `${JSON.stringify(made, undefined, 2)}\n`
    : made.map(({ bytes, path, sha256 }) => `${sha256}  ${path} (${(bytes / 1e6).toFixed(1)} MB)\n`).join("")
)
