import { Effect, type Scope } from "effect"
import { spawn } from "node:child_process"
import { repository } from "../../../scripts/stack/Paths.ts"
import { CommandsFailed } from "./Runbook.ts"

/** A shell at which an operator sits, with history and all that comes with it. */
export type Shell = "bash" | "zsh"

export interface Terminal {
  /** Pastes commands, and waits until all of them are done. What was printed meanwhile, the commands' echo with it. */
  readonly paste: (text: string) => Effect.Effect<string, CommandsFailed>
}

const shells: Readonly<Record<Shell, string>> = { bash: "bash --norc --noprofile -i", zsh: "zsh -f -i" }

/** Opens a shell on a pseudo-terminal; `script` of util-linux makes it. */
export const terminal = (
  shell: Shell,
  env: Readonly<Record<string, string>>
): Effect.Effect<Terminal, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() =>
        spawn("script", ["--quiet", "--command", shells[shell], "/dev/null"], {
          cwd: repository,
          env: { ...env, TERM: "dumb", SHELL: "/bin/sh" }
        })
      ),
      (child) => Effect.sync(() => void child.kill())
    ),
    (child) => {
      let said = ""
      let read = () => {}
      let ended: string | undefined
      const hear = (chunk: Buffer) => {
        said += chunk.toString()
        read()
      }
      const end = (why: string) => {
        ended = why
        read()
      }
      child.stdout.on("data", hear)
      child.stderr.on("data", hear)
      child.stdin.on("error", () => undefined)
      child.on("error", (error) => end(error.message))
      child.on("close", (code) => end(`the shell ended with code ${code}`))
      let pasted = 0
      return {
        paste: (text) =>
          Effect.callback<string, CommandsFailed>((resume) => {
            const mark = `pasted-${++pasted}-done`
            const from = said.length
            read = () => {
              const printed = said.slice(from)
              // The echo of the command below has the format, and only what it prints has the mark.
              const at = printed.indexOf(mark)
              if (at >= 0) resume(Effect.succeed(printed.slice(0, at)))
              else if (ended !== undefined) resume(Effect.fail(new CommandsFailed({ said: `${ended}: ${printed}` })))
            }
            child.stdin.write(`${text.replace(/\n*$/, "\n")}printf 'pasted-%s-done\\n' ${pasted}\n`)
            read()
          })
      }
    }
  )
