import { Effect } from "effect"
import { spawn } from "node:child_process"
import { CommandFailed } from "../stack/Command.ts"

/** Runs a program whose words go to the standard error as they come: for what takes minutes. */
export const passThrough = (
  program: string,
  args: ReadonlyArray<string>,
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> }
): Effect.Effect<void, CommandFailed> =>
  Effect.callback((resume) => {
    const failed = (output: string) =>
      resume(Effect.fail(new CommandFailed({ command: [program, ...args].join(" "), output })))
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", process.stderr, process.stderr]
    })
    child.on("error", (error) => failed(error.message))
    child.on("exit", (code, signal) => code === 0 ? resume(Effect.void) : failed(`it ended with ${code ?? signal}`))
    return Effect.sync(() => child.kill())
  })
