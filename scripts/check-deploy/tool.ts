import { Effect } from "effect"
import { execFile } from "node:child_process"
import { repository } from "../stack/Paths.ts"
import { CheckFailed } from "./Check.ts"

export interface Ran {
  readonly code: number
  /** What it answered. */
  readonly out: string
  /** That, and what it told beside. */
  readonly said: string
}

/** Runs a tool to its end, whatever that is. */
export const ran = (
  program: string,
  args: ReadonlyArray<string>,
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {}
): Effect.Effect<Ran> =>
  Effect.callback((resume) => {
    const env = { ...process.env, ...options.env }
    const child = execFile(
      program,
      args,
      { cwd: options.cwd ?? repository, env, maxBuffer: 1 << 26 },
      (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1
        resume(Effect.succeed({ code, out: out.trim(), said: `${out}${err}`.trim() || error?.message || "" }))
      }
    )
    return Effect.sync(() => child.kill())
  })

/** The same for a tool whose end must be good; what it said otherwise is what is wrong. */
export const mustRun = (
  program: string,
  args: ReadonlyArray<string>,
  options?: Parameters<typeof ran>[2]
): Effect.Effect<Ran, CheckFailed> =>
  Effect.flatMap(ran(program, args, options), (outcome) =>
    outcome.code === 0
      ? Effect.succeed(outcome)
      : Effect.fail(
        new CheckFailed({
          problems: [
            `${program.split("/").at(-1)} ended with ${outcome.code}`,
            ...outcome.said.split("\n").slice(0, 40)
          ]
        })
      ))

/** Fails when there is a problem. */
export const noneOf = (problems: ReadonlyArray<string>): Effect.Effect<void, CheckFailed> =>
  problems.length === 0 ? Effect.void : Effect.fail(new CheckFailed({ problems }))
