// Makes the packages.
import { copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { parseArgs } from "node:util"
import { buildTree } from "./buildTree.ts"
import { debianPackage } from "./debianPackage.ts"
import { distFolder, sourceDate, treeFolder, version } from "./Dist.ts"
import { npmPackage } from "./npmPackage.ts"
import { usage } from "./options.ts"
import { papers } from "./papers.ts"
import { sha256OfFile } from "./sha256OfFile.ts"

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    output: { type: "string", default: distFolder },
    "keep-tree": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const kinds = ["tree", "npm", "deb"]

const main = async () => {
  const wanted = values.only === undefined ? kinds : [values.only]
  mkdirSync(distFolder, { recursive: true })
  if (!values["keep-tree"] || !existsSync(treeFolder)) await buildTree()
  if (values.only === "tree") return []
  const seconds = sourceDate()
  const paper = papers(seconds)
  const bill = join(distFolder, `mutt-${version}.sbom.cdx.json`)
  writeFileSync(bill, paper.sbom)
  return [
    bill,
    ...(wanted.includes("npm") ? [npmPackage(paper, seconds)] : []),
    ...(wanted.includes("deb") ? [debianPackage(paper, seconds)] : [])
  ]
}

/** Where a file is to be found that was made in the folder of packages. */
const handedOut = (made: string): string => {
  if (values.output === distFolder) return made
  mkdirSync(values.output, { recursive: true })
  const path = join(values.output, basename(made))
  copyFileSync(made, path)
  return path
}

if (values.help) process.stdout.write(usage)
else if (values.only !== undefined && !kinds.includes(values.only)) {
  process.stderr.write(`--only takes ${kinds.join(", ")}\n`)
  process.exitCode = 2
} else {
  const made = (await main()).map(handedOut).map((path) => ({
    path,
    bytes: statSync(path).size,
    sha256: sha256OfFile(path)
  }))
  process.stdout.write(
    values.json
      ? `${JSON.stringify(made, undefined, 2)}\n`
      : made.map(({ bytes, path, sha256 }) => `${sha256}  ${path} (${(bytes / 1e6).toFixed(1)} MB)\n`).join("")
  )
}
