// Bundles each program and the command `mutt`.
import { readSwitches } from "../command-line/switches.ts"
import { bundlesWanted } from "./bundles.ts"
import { usage } from "./options.ts"

const switches = readSwitches("build", usage, ["force"])

if (switches.has("force") || bundlesWanted()) {
  // Loading the bundler takes longer than to see that it is not needed.
  const { buildBundles } = await import("./buildBundles.ts")
  const begun = performance.now()
  await buildBundles()
  process.stderr.write(`build: the programs are bundled (${((performance.now() - begun) / 1_000).toFixed(1)} s)\n`)
}
