// Makes one file of each program.
import { parseArgs } from "node:util"
import { bundlesWanted } from "./bundles.ts"
import { usage } from "./options.ts"

const { values } = parseArgs({
  options: { force: { type: "boolean", default: false }, help: { type: "boolean", default: false } }
})

if (values.help) process.stdout.write(usage)
else if (values.force || bundlesWanted()) {
  // Loading the bundler takes longer than to see that it is not needed.
  const { buildBundles } = await import("./buildBundles.ts")
  const begun = performance.now()
  await buildBundles()
  process.stderr.write(`build: the programs are bundled (${((performance.now() - begun) / 1_000).toFixed(1)} s)\n`)
}
