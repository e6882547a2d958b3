import { fork, spawnSync } from "node:child_process"
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { sourceFiles } from "../check/sourceFiles.ts"
import { repository, stateFolder } from "../stack/Paths.ts"
import type { Order, Told } from "./runner.ts"
import type { Tests } from "./selection.ts"

/** What became of a run of tests, or that it took too long. */
export interface Outcome extends Told {
  readonly late: boolean
  readonly seconds: number
}

/** A copy of the tree, in which files are spoiled and tests run. The working tree is never touched. */
export interface Sandbox {
  readonly write: (file: string, text: string) => void
  readonly test: (tests: Tests, limitMs: number) => Promise<Outcome>
  /** Whether the types hold: what they refuse, nobody commits. */
  readonly compiles: () => boolean
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

/**
 * The first of a few folders that nobody works in. The same ones each time, so that servers' templates in them are made
 * once.
 */
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

/** A process that runs tests, in a group of its own, which ends with it. */
const startRunner = (folder: string) => {
  const child = fork(join(folder, "scripts/mutants/runner.ts"), { cwd: folder, detached: true, silent: true })
  const end = () => {
    process.off("exit", end)
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
    } catch {
      // It has ended already.
    }
  }
  process.once("exit", end)
  return { child, end }
}

const runTests = (folder: string) => {
  let runner: ReturnType<typeof startRunner> | undefined
  return (order: Order, limitMs: number): Promise<Outcome> =>
    new Promise((resolve) => {
      const begun = performance.now()
      const { child, end } = runner ??= startRunner(folder)
      const done = (told: Told, late: boolean) => {
        clearTimeout(timer)
        child.off("message", answered).off("exit", ended)
        resolve({ ...told, late, seconds: (performance.now() - begun) / 1_000 })
      }
      const leave = (late: boolean) => {
        end()
        runner = undefined
        done({ passed: 0, failures: late ? "It took too long." : "The process ended." }, late)
      }
      const answered = (told: Told) => done(told, false)
      const ended = () => leave(false)
      const timer = setTimeout(() => leave(true), limitMs)
      child.once("message", answered).once("exit", ended)
      child.send(order)
    })
}

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
  const run = runTests(folder)
  let changed: string | undefined
  return {
    write: (file, text) => {
      writeFileSync(join(folder, file), text)
      changed = file
    },
    test: (tests, limitMs) => run({ tests, changed }, limitMs),
    compiles: () => {
      const info = join(home, "types.tsbuildinfo")
      const args = ["node_modules/typescript/bin/tsc", "--noEmit", "--incremental", "--tsBuildInfoFile", info]
      return spawnSync(process.execPath, args, { cwd: folder }).status === 0
    },
    remove: () => {
      rmSync(`${folder}.pid`, { force: true })
      for (const name of ["src", "layers", "services", "scripts", "test"]) {
        rmSync(join(folder, name), { recursive: true, force: true })
      }
    }
  }
}
