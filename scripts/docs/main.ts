import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { chartFiles } from "../chart/chartFiles.ts"
import { readSwitches } from "../command-line/switches.ts"
import { monitoringFiles } from "../monitoring/files.ts"
import { deployFiles } from "../package/deployFiles.ts"
import { withGenerated } from "./generated.ts"
import { pages } from "./pages.ts"
import { takePictures } from "./pictures.ts"

const usage = `Usage: npm run docs -- [options]

Writes from the code the tables of the docs, the OpenAPI files, and what is shipped of rules, units and charts.

  --pictures  take the pictures of the console, too, over those that a test took
  --help      this text
`
const switches = readSwitches("docs", usage, ["pictures"])

for (const part of pages) {
  const file = new URL(`../../${part.page}`, import.meta.url)
  writeFileSync(file, withGenerated(readFileSync(file, "utf8"), part))
}

for (const { path, text } of [...monitoringFiles, ...deployFiles, ...chartFiles]) {
  const file = new URL(`../../${path}`, import.meta.url)
  mkdirSync(new URL(".", file), { recursive: true })
  writeFileSync(file, text())
}

if (switches.has("pictures")) {
  const missing = takePictures()
  if (missing.length > 0) {
    process.stderr.write(
      `No picture of ${missing.join(", ")}. Run first: MUTT_SHOTS=few npm test -- test/acceptance/console\n`
    )
    process.exitCode = 1
  }
}
