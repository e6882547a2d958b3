import { Effect } from "effect"
import { execFile } from "node:child_process"
import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { stateFolder } from "../stack/Paths.ts"

/** A program in Go that bench compares with, built once by the machine's own toolchain. Fails with why it can't be. */
export const goInstall = (module: string): Effect.Effect<string, string> =>
  Effect.gen(function*() {
    const [path = "", version = ""] = module.split("@")
    const folder = join(stateFolder, "cache/go", version)
    const program = join(folder, path.slice(path.lastIndexOf("/") + 1))
    if (existsSync(program)) return program
    mkdirSync(folder, { recursive: true })
    yield* Effect.callback<void, string>((resume) => {
      const child = execFile("go", ["install", module], {
        cwd: folder,
        env: { ...process.env, GOBIN: folder },
        maxBuffer: 16 * 1024 * 1024
      }, (error, _, stderr) =>
        resume(
          error === null
            ? Effect.void
            : Effect.fail(`${module} can't be built here: ${stderr.trim().split("\n").at(-1) || error.message}`)
        ))
      return Effect.sync(() => child.kill())
    })
    return program
  })
