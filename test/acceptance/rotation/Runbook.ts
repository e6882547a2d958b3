import { Effect, Option, Schema } from "effect"
import { spawn } from "node:child_process"
import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { repository } from "../../../scripts/stack/Paths.ts"
import { clientTool, openBaoTool } from "../../../scripts/stack/Tools.ts"

const page = readFileSync(join(repository, "docs/SECRET_ROTATION_PROCEDURE.md"), "utf8")

/** The blocks of commands under a mark, as they stand in the runbook. */
export const blocks = (mark: string): ReadonlyArray<string> => {
  const found = [...page.matchAll(/^( *)```sh (\S+)\n([\s\S]*?)^ *```$/gm)].filter(([, , name]) => name === mark)
  if (found.length === 0) throw new Error(`The runbook has no commands under ${mark}`)
  return found.map(([, indent = "", , text = ""]) => text.replaceAll(new RegExp(`^${indent}`, "gm"), ""))
}

/** All commands under these marks, one mark after the other. */
export const commands = (...marks: ReadonlyArray<string>): string => marks.flatMap(blocks).join("\n")

/** Every mark, in the order of the page. */
export const marks = (): ReadonlyArray<string> => [
  ...new Set([...page.matchAll(/^ *```sh (\S+)$/gm)].map(([, mark = ""]) => mark))
]

/** The variables that the page tells the operator to set. */
export const variables = (): ReadonlySet<string> =>
  new Set([...page.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name = ""]) => name))

/** A folder with the programs that the runbook names, whatever they need to run here. */
export const operatorTools = (folder: string) =>
  Effect.gen(function*() {
    mkdirSync(folder, { recursive: true })
    const shim = (name: string, bin: string, libraries: string) => {
      const own = libraries === "" ? "" : `LD_LIBRARY_PATH='${libraries}' `
      writeFileSync(join(folder, name), `#!/bin/sh\n${own}exec '${bin}' "$@"\n`)
      chmodSync(join(folder, name), 0o755)
    }
    const psql = yield* clientTool("psql")
    const redisCli = yield* clientTool("redisCli")
    shim("psql", psql.bin, psql.libraries)
    shim("redis-cli", redisCli.bin, redisCli.libraries)
    const zsh = yield* Effect.option(clientTool("zsh"))
    if (Option.isSome(zsh)) shim("zsh", zsh.value.bin, zsh.value.libraries)
    const bao = yield* Effect.option(openBaoTool)
    if (Option.isSome(bao)) shim("bao", bao.value.bin, "")
    return `${folder}:${dirname(realpathSync(join(repository, "node_modules/.bin/node")))}:${process.env["PATH"] ?? ""}`
  })

export class CommandsFailed extends Schema.TaggedError<CommandsFailed>()("CommandsFailed", { said: Schema.String }) {
  override get message() {
    return this.said
  }
}

/** Runs commands as an operator's terminal would, except that there is no terminal to ask on. What they printed. */
export const perform = (
  text: string,
  env: Readonly<Record<string, string>>,
  input = ""
): Effect.Effect<string, CommandsFailed> =>
  Effect.callback((resume) => {
    const child = spawn("bash", ["-c", `set -euo pipefail\n${text}`], { cwd: repository, env, detached: true })
    let said = ""
    child.stdout.on("data", (chunk: Buffer) => said += chunk.toString())
    child.stderr.on("data", (chunk: Buffer) => said += chunk.toString())
    child.stdin.on("error", () => undefined)
    child.stdin.end(input)
    child.on("error", (error) => resume(Effect.fail(new CommandsFailed({ said: error.message }))))
    child.on("close", (code) =>
      resume(code === 0 ? Effect.succeed(said) : Effect.fail(new CommandsFailed({ said: `code ${code}: ${said}` }))))
    return Effect.sync(() => {
      if (child.pid !== undefined) {
        process.kill(-child.pid)
      }
    })
  })
