// Checks what ships, offline, each thing by the tool that knows it best.
import { Console, Effect } from "effect"
import { runScript } from "../command-line/Script.ts"
import { checks } from "./checks.ts"
import { deployTools } from "./DeployTools.ts"
import { options } from "./options.ts"
import { linesOf, runCheck } from "./runCheck.ts"

const ci = (process.env["CI"] ?? "") !== ""

runScript(options, function*({ json, only }) {
  const found = yield* deployTools
  const chosen = checks.filter(({ name, onlyNamed }) => only?.includes(name) ?? onlyNamed !== true)
  const outcomes = yield* Effect.forEach(
    chosen,
    (check) => Effect.tap(runCheck(check, found, ci), (outcome) => json ? Effect.void : Console.log(linesOf(outcome)))
  )
  if (json) yield* Console.log(JSON.stringify(outcomes, undefined, 2))
  if (outcomes.some(({ ended }) => ended === "failed")) yield* Effect.sync(() => void (process.exitCode = 1))
})
