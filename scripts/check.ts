import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect } from "effect"
import { join } from "node:path"
import { type CommandFailed, run } from "./stack/Command.ts"
import { repository } from "./stack/Paths.ts"

const tool = (name: string) => join(repository, "node_modules/.bin", name)

/** What a change must pass, each with the command that shows the same by itself. */
const checks: ReadonlyArray<{ readonly name: string; readonly program: string; readonly args: ReadonlyArray<string> }> =
  [
    { name: "types", program: tool("tsc"), args: ["--noEmit"] },
    { name: "types of the console", program: tool("tsc"), args: ["--noEmit", "-p", "services/web-ui/console"] },
    { name: "lint", program: tool("oxlint"), args: ["--quiet"] },
    { name: "format", program: tool("dprint"), args: ["check", "--list-different"] },
    { name: "boundaries", program: process.execPath, args: ["scripts/check/main.ts"] }
  ]

const check = ({ args, name, program }: (typeof checks)[number]) =>
  Effect.gen(function*() {
    const started = performance.now()
    const failure: CommandFailed | undefined = yield* Effect.match(run(program, args, { cwd: repository }), {
      onFailure: (error) => error,
      onSuccess: () => undefined
    })
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    yield* failure === undefined
      ? Console.log(`ok      ${name} (${seconds} s)`)
      : Console.error(
        `${failure.output}\nFAILED  ${name} (${seconds} s): ${program.split("/").at(-1)} ${args.join(" ")}`
      )
    return failure === undefined
  })

const main = Effect.gen(function*() {
  const passed = yield* Effect.forEach(checks, check, { concurrency: "unbounded" })
  if (passed.includes(false)) yield* Effect.sync(() => void (process.exitCode = 1))
})

NodeRuntime.runMain(main)
