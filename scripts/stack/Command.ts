import { Effect, Schema } from "effect"
import { execFile } from "node:child_process"
import type { ServerUser } from "./ServerUser.ts"

export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  command: Schema.String,
  output: Schema.String
}) {
  override get message() {
    return `${this.command} failed: ${this.output}`
  }
}

/** Runs a program to its end and gives what it printed. */
export const run = (
  program: string,
  args: ReadonlyArray<string>,
  options?: {
    readonly user?: ServerUser | undefined
    readonly libraries?: string | undefined
    readonly cwd?: string
    /** What it reads from its standard input: the place for what a list of processes must not show. */
    readonly input?: string
  }
): Effect.Effect<string, CommandFailed> =>
  Effect.callback((resume) => {
    const child = execFile(program, args, {
      ...options?.user,
      cwd: options?.cwd ?? "/",
      env: withLibraries(options?.libraries),
      maxBuffer: 16 * 1024 * 1024
    }, (error, stdout, stderr) =>
      resume(
        error === null
          ? Effect.succeed(stdout)
          : Effect.fail(new CommandFailed({ command: program, output: (stderr + stdout).trim() || error.message }))
      ))
    child.stdin?.end(options?.input)
    return Effect.sync(() => child.kill())
  })

/** The environment for a program that was unpacked instead of installed, whose libraries lie beside it. */
export const withLibraries = (libraries: string | undefined): NodeJS.ProcessEnv =>
  libraries === undefined || libraries === "" ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries }
