// Checks what ships, offline, each thing by the tool that knows it best.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { checks } from "./checks.ts"
import { deployTools } from "./DeployTools.ts"
import { usage } from "./options.ts"
import { linesOf, runCheck } from "./runCheck.ts"

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const ci = (process.env["CI"] ?? "") !== ""

const main = Effect.gen(function*() {
  if (values.help) {
    const width = Math.max(0, ...checks.map(({ name }) => name.length))
    return yield* Console.log(usage + checks.map(({ name, what }) => `  ${name.padEnd(width)}  ${what}`).join("\n"))
  }
  const unknown = values.only.filter((wanted) => !checks.some(({ name }) => name === wanted))
  if (unknown.length > 0) {
    yield* Console.error(`No check is called ${unknown.join(", ")}. npm run check-deploy -- --help lists them.`)
    return yield* Effect.sync(() => void (process.exitCode = 2))
  }
  const found = yield* deployTools
  const chosen = checks.filter(({ name, onlyNamed }) =>
    values.only.length === 0 ? onlyNamed !== true : values.only.includes(name)
  )
  const outcomes = yield* Effect.forEach(
    chosen,
    (check) =>
      Effect.tap(runCheck(check, found, ci), (outcome) => values.json ? Effect.void : Console.log(linesOf(outcome)))
  )
  if (values.json) yield* Console.log(JSON.stringify(outcomes, undefined, 2))
  if (outcomes.some(({ ended }) => ended === "failed")) yield* Effect.sync(() => void (process.exitCode = 1))
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)
