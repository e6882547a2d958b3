import luaparse, { type Chunk } from "luaparse"
import type { Violation } from "./boundaries.ts"
import { namesOf } from "./luaNames.ts"

export interface LuaFile {
  readonly path: string
  readonly text: string
}

/** A script as it is put together: the prelude that declares its keys and arguments, then its files. */
export interface LuaProgram {
  readonly prelude: string
  readonly files: ReadonlyArray<LuaFile>
}

/** What Redis gives its scripts. `KEYS` and `ARGV` belong to the prelude: a file takes them by name. */
const redisGlobals = new Set(
  ["redis", "cjson", "cmsgpack", "struct", "bit", "math", "string", "table", "assert", "error", "ipairs", "next"]
    .concat(
      ["pairs", "pcall", "select", "tonumber", "tostring", "type", "unpack"]
    )
)

/** Every prelude declares these, whether its script needs them or not. */
const always = new Set(["now", "time"])

const parse = (text: string): Chunk => luaparse.parse(text, { luaVersion: "5.1", locations: true, comments: false })

const isSyntaxError = (error: unknown): error is SyntaxError & { readonly line: number } =>
  error instanceof SyntaxError && "line" in error && typeof error.line === "number"

const syntaxFault = ({ path, text }: LuaFile): ReadonlyArray<Violation> => {
  try {
    parse(text)
    return []
  } catch (error) {
    if (!isSyntaxError(error)) throw error
    return [{ path, line: error.line, message: error.message.replace(/^\[[\d:]+\] /, "") }]
  }
}

const linesOf = (text: string): number => text.split("\n").length - 1

const nameFaults = ({ files, prelude }: LuaProgram): ReadonlyArray<Violation> => {
  const { globals, unused } = namesOf(parse(prelude + files.map(({ text }) => text).join("")))
  const declared = linesOf(prelude)
  let line = declared
  const placed = files.map(({ path, text }) => ({ path, first: line, last: line += linesOf(text) }))
  const undeclared = globals.flatMap((used) => {
    const file = placed.find(({ first, last }) => used.line > first && used.line <= last)
    return file === undefined || redisGlobals.has(used.name)
      ? []
      : [{ path: file.path, line: used.line - file.first, message: `${used.name} is declared nowhere` }]
  })
  const idle = unused.flatMap(({ line, name }) =>
    line > declared || always.has(name)
      ? []
      : [{ path: files.at(-1)?.path ?? "", line: 1, message: `${name} is declared for this script and never used` }]
  )
  return [...undeclared, ...idle]
}

/** Finds wrong syntax, names that nothing declares or uses, and files of no script. */
export const luaViolations = (
  files: ReadonlyArray<LuaFile>,
  programs: ReadonlyArray<LuaProgram>
): ReadonlyArray<Violation> => {
  const syntax = files.flatMap(syntaxFault)
  if (syntax.length > 0) return syntax
  const used = new Set(programs.flatMap((program) => program.files.map(({ path }) => path)))
  const found = [
    ...programs.flatMap(nameFaults),
    ...files.filter(({ path }) => !used.has(path)).map(({ path }) => ({ path, line: 1, message: "no script uses it" }))
  ]
  return [...new Map(found.map((fault) => [`${fault.path}:${fault.line} ${fault.message}`, fault])).values()]
}
