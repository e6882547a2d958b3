import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Program } from "../../src/domain/Settings.ts"
import { runtimeFlags, sourceFlags } from "../runtimeFlags.ts"

/** The file that runs: this one, or the bundle that it has become a part of. */
const here = import.meta.filename

/** The file of a program: beside the bundle of `mutt`, or else its sources. */
export const programFile = (program: Program): string => {
  const bundle = join(dirname(here), `${program}.mjs`)
  return existsSync(bundle) ? bundle : join(dirname(here), "..", program, "main.ts")
}

/** What this runtime runs it with; flags that this process was given come last, so they count. */
export const programArguments = (program: Program): ReadonlyArray<string> => {
  const runtime = "Deno" in globalThis ? "deno" : "node"
  const file = programFile(program)
  const built = file.endsWith(".mjs")
  return [...runtimeFlags[runtime], ...built ? [] : sourceFlags[runtime], ...process.execArgv, file]
}
