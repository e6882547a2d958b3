import { spawn } from "node:child_process"
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { sourceFiles } from "../check/sourceFiles.ts"
import { repository, stateFolder } from "../stack/Paths.ts"

/** What became of a run: the exit code, or that it took too long. */
export interface Outcome {
  readonly passed: boolean
  readonly late: boolean
  readonly seconds: number
  readonly output: string
}

/** A copy of the tree, in which files are spoiled and tests run. The working tree is never touched. */
export interface Sandbox {
  readonly write: (file: string, text: string) => void
  readonly test: (tests: ReadonlyArray<string>, limitMs: number) => Promise<Outcome>
  /** Whether the types hold: what they refuse, nobody commits. */
  readonly compiles: () => Promise<boolean>
  readonly remove: () => void
}

const home = join(stateFolder, "mutants")

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** The first of a few folders that nobody works in. The same ones each time, so that servers' templates in them are made once. */
const freeFolder = (): string => {
  for (let number = 1;; number++) {
    const folder = join(home, `tree-${number}`)
    const lock = `${folder}.pid`
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" })
      return folder
    } catch {
      if (isAlive(Number(readFileSync(lock, "utf8")))) continue
      writeFileSync(lock, String(process.pid))
      return folder
    }
  }
}

/** Runs a program in a process group of its own, which ends with it, also when it takes too long. */
const runIn = (folder: string, program: string, args: ReadonlyArray<string>, limitMs: number): Promise<Outcome> =>
  new Promise((resolve) => {
    const begun = performance.now()
    const child = spawn(program, args, { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    let late = false
    const endAll = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
      } catch {
        // They have ended already.
      }
    }
    const timer = setTimeout(() => {
      late = true
      endAll()
    }, limitMs)
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (part: Buffer) => void (output = (output + part.toString()).slice(-4_096)))
    }
    process.once("exit", endAll)
    child.on("exit", (code) => {
      clearTimeout(timer)
      process.off("exit", endAll)
      endAll()
      resolve({ passed: code === 0 && !late, late, seconds: (performance.now() - begun) / 1_000, output })
    })
  })

export const openSandbox = (): Sandbox => {
  mkdirSync(home, { recursive: true })
  const folder = freeFolder()
  for (const name of ["src", "layers", "services", "scripts", "test"]) {
    rmSync(join(folder, name), { recursive: true, force: true })
  }
  for (const file of sourceFiles()) cpSync(join(repository, file), join(folder, file))
  mkdirSync(join(folder, ".mutt"), { recursive: true })
  for (const name of ["node_modules", ".mutt/tools", ".mutt/tools.json", ".mutt/tools.stamp"]) {
    rmSync(join(folder, name), { recursive: true, force: true })
    symlinkSync(join(repository, name), join(folder, name))
  }
  return {
    write: (file, text) => writeFileSync(join(folder, file), text),
    test: (tests, limitMs) =>
      runIn(
        folder,
        process.execPath,
        ["node_modules/vitest/vitest.mjs", "run", "--bail=1", "--reporter=dot", ...tests],
        limitMs
      ),
    compiles: async () => {
      const info = join(home, "types.tsbuildinfo")
      const args = ["node_modules/typescript/bin/tsc", "--noEmit", "--incremental", "--tsBuildInfoFile", info]
      return (await runIn(folder, process.execPath, args, 120_000)).passed
    },
    remove: () => {
      rmSync(`${folder}.pid`, { force: true })
      for (const name of ["src", "layers", "services", "scripts", "test"]) {
        rmSync(join(folder, name), { recursive: true, force: true })
      }
    }
  }
}
