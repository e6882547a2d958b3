import { createHash } from "node:crypto"
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { sourceFiles } from "../check/sourceFiles.ts"
import { repository, stateFolder } from "../stack/Paths.ts"

/** `untyped`: no test failed, but the types do not hold. */
export type Verdict = "killed" | "untyped" | "late" | "survived"

interface Line {
  readonly key: string
  readonly verdict: Verdict
}

const path = join(stateFolder, "mutants/verdicts.jsonl")

const hash = (...texts: ReadonlyArray<string>) => createHash("sha256").update(texts.join("\0")).digest("hex")

const isLine = (value: unknown): value is Line =>
  typeof value === "object" && value !== null && "key" in value && "verdict" in value

/**
 * What is known from earlier runs, so that one that was ended goes on where it was. A mutant that was killed stays dead
 * while its file is as it was; a survivor is tried again once anything in `test/` has changed.
 */
export const openVerdicts = (fresh: boolean) => {
  if (fresh) rmSync(path, { force: true })
  mkdirSync(dirname(path), { recursive: true })
  const text = existsSync(path) ? readFileSync(path, "utf8") : ""
  const known = new Map(
    text.split("\n").filter((line) => line.endsWith("}")).map((line): unknown => JSON.parse(line)).filter(isLine).map(
      ({ key, verdict }) => [key, verdict]
    )
  )
  const tests = hash(
    ...sourceFiles().filter((file) => file.startsWith("test/")).map((file) =>
      readFileSync(join(repository, file), "latin1")
    )
  )
  const dead = (file: string, source: string) => hash(file, source)
  const alive = (file: string, source: string) => hash(file, source, tests)
  return {
    of: (file: string, source: string): Verdict | undefined =>
      known.get(dead(file, source)) ?? known.get(alive(file, source)),
    add: (file: string, source: string, verdict: Verdict): void => {
      const key = verdict === "survived" ? alive(file, source) : dead(file, source)
      appendFileSync(path, `${JSON.stringify({ key, verdict })}\n`)
    }
  }
}
