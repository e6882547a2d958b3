// Builds the console, or serves it live while it is being written.
import { parseArgs } from "node:util"
import { createServer } from "vite"
import { buildConsole, consoleSources } from "./buildConsole.ts"
import { usage } from "./options.ts"

const { values } = parseArgs({
  options: {
    force: { type: "boolean", default: false },
    watch: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const say = (line: string) => process.stderr.write(`console: ${line}\n`)

if (values.help) process.stdout.write(usage)
else if (values.watch) {
  const server = await createServer({ configFile: `${consoleSources}/vite.config.ts` })
  await server.listen()
  say(`live at ${server.resolvedUrls?.local[0] ?? "an unknown address"}`)
} else {
  const { firstLoad, kept } = await buildConsole({ force: values.force })
  if (!kept) say(`built; ${Math.round(firstLoad / 1024)} kB are loaded before the first page`)
}
