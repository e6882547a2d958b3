// Puts a gateway at the platform's address for as long as wanted, and checks that no alert died of it and all arrive
// after.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { runOutage } from "./runOutage.ts"
import { long } from "./Scale.ts"

const usage = `Usage: npm run outage-proof -- [options]

Two replicas of each program, five events a second, and no retries allowed. Login pages, redirects, 404, 401, resets, half answers, garbage and
slow drips take turns in the platform's place.

  --seconds N   how long (default 600)
  --help        this text
`

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    help: { type: "boolean", default: false }
  }
})

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const { figures, problems } = yield* runOutage(long(Number(values.seconds)), (words) => Console.error(words))
  yield* Effect.forEach(Object.entries(figures), ([what, figure]) => Console.log(`${what}: ${figure}`))
  if (problems.length === 0) return yield* Console.log("No alert died, and all were delivered.")
  yield* Effect.forEach(problems.slice(0, 20), (problem) => Console.error(`  - ${problem}`))
  process.exitCode = 1
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)
