import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import nodeModule from "node:module"
import { pathToFileURL } from "node:url"
import { setFlagsFromString } from "node:v8"
import { Program } from "../../src/domain/Settings.ts"
import { runtimeEnvironment, runtimeFlags } from "../runtimeFlags.ts"
import { CommandFailed } from "./api.ts"
import { programArguments, programFile } from "./programFile.ts"

const v8Flags = runtimeFlags.node.filter((flag) => flag.startsWith("--"))

/**
 * Becomes the program: the same process goes on as a Node that has the flags and the environment of production, which
 * count from its first moment only. Where a process cannot be replaced (Deno), it loads the program into this one.
 */
const become = Effect.fnUntraced(function*(program: Program) {
  const { execve } = process
  if (execve !== undefined) {
    nodeModule.flushCompileCache()
    const environment = { ...runtimeEnvironment(), ...process.env }
    return execve(process.execPath, [process.execPath, ...programArguments(program)], environment)
  }
  for (const flag of v8Flags) setFlagsFromString(flag)
  yield* Effect.tryPromise({
    try: () => import(pathToFileURL(programFile(program)).href),
    catch: (cause) => new CommandFailed({ message: `${program} cannot be loaded: ${cause}` })
  })
})

export const run = Command.make(
  "run",
  { program: Argument.Literals("program", Program.literals) },
  ({ program }) => become(program)
).pipe(
  Command.withDescription(
    "Run a program in this process, with the flags of production: ingestor, alerter, moog-forwarder or web-ui"
  )
)
