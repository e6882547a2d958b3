import { Buffer } from "node:buffer"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { gunzipSync, gzipSync } from "node:zlib"
import type { Found } from "./run.ts"

/** Inputs that showed a fault once; the tests try them all. */
const folder = new URL("../../test/src/decode/corpus/", import.meta.url)

export interface Entry {
  readonly target: string
  readonly seed: number
  readonly problem: string
  /** Packed with gzip, in base64. */
  readonly input: string
}

export const readCorpus = (): ReadonlyArray<readonly [name: string, entry: Entry]> =>
  readdirSync(folder).filter((name) => name.endsWith(".json")).sort().map((name) => [
    name,
    JSON.parse(readFileSync(new URL(name, folder), "utf8"))
  ])

export const bytesOf = ({ input }: Entry): Uint8Array => gunzipSync(Buffer.from(input, "base64"))

/** Keeps an input; the name of its file is given. */
export const save = ({ input, problem, seed, target }: Found): string => {
  const name = `${target}-${seed}.json`
  const entry: Entry = { target, seed, problem, input: gzipSync(input).toString("base64") }
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(name, folder), `${JSON.stringify(entry, null, 2)}\n`)
  return name
}
