// Puts a gateway at the platform's address for as long as wanted, and checks that no alert died of it and all arrive
// after.
import { Console, Effect } from "effect"
import { runScript } from "../../command-line/Script.ts"
import { options } from "./options.ts"
import { runOutage } from "./runOutage.ts"
import { long } from "./Scale.ts"

runScript(options, function*({ seconds }) {
  const { figures, problems } = yield* runOutage(long(seconds), (words) => Console.error(words))
  yield* Effect.forEach(Object.entries(figures), ([what, figure]) => Console.log(`${what}: ${figure}`))
  if (problems.length === 0) return yield* Console.log("No alert died, and all were delivered.")
  yield* Effect.forEach(problems.slice(0, 20), (problem) => Console.error(`  - ${problem}`))
  process.exitCode = 1
})
