// Builds the console, or serves it live while it is being written.
import { createServer } from "vite"
import { readSwitches } from "../command-line/switches.ts"
import { buildConsole, consoleSources } from "./buildConsole.ts"
import { usage } from "./options.ts"

const switches = readSwitches("console", usage, ["force", "watch"])

const say = (line: string) => process.stderr.write(`console: ${line}\n`)

if (switches.has("watch")) {
  const server = await createServer({ configFile: `${consoleSources}/vite.config.ts` })
  await server.listen()
  say(`live at ${server.resolvedUrls?.local[0] ?? "an unknown address"}`)
} else {
  const { firstLoad, kept } = await buildConsole({ force: switches.has("force") })
  if (!kept) say(`built; ${Math.round(firstLoad / 1024)} kB are loaded before the first page`)
}
