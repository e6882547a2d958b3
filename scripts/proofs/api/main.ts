// Looks for requests by which the APIs break their own descriptions.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { apiProof } from "./ApiProof.ts"

const usage = `Usage: npm run api-proof -- [options]

  --seconds N    time for all of it (default: 600)
  --examples N   requests of each operation in one round (default: 50)
  --quick        some of each operation, as npm test does
  --json         one line of JSON for each API
  --help         this text
`

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    examples: { type: "string", default: "50" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const { examples, quick, seconds } = values
  const results = yield* apiProof({ seconds: Number(seconds), examples: Number(examples), quick })
  for (const { text, ...result } of results) {
    yield* Console.log(values.json ? JSON.stringify({ ...result, ...(result.findings > 0 ? { text } : {}) }) : text)
  }
  if (results.some(({ findings }) => findings > 0)) process.exitCode = 1
})

main.pipe(Effect.scoped, Effect.provide(Logger.layer([])), NodeRuntime.runMain)
