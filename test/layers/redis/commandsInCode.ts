import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../../../scripts/stack/Paths.ts"

/** Name → how many words it has, at least that many if negative. `xgroup|create` is one; `xgroup` alone is none. */
export type CommandTable = ReadonlyMap<string, { readonly arity: number }>

/** Reads the answer to `COMMAND`. */
export const commandTable = (reply: unknown): CommandTable =>
  new Map(
    listOf(reply).flatMap((entry) => {
      const fields = listOf(entry)
      const subcommands = listOf(fields[9]).map(listOf)
      return (subcommands.length === 0 ? [fields] : subcommands).map(([name, arity]) =>
        [String(name), { arity: Number(arity) }] as const
      )
    })
  )

const listOf = (value: unknown): ReadonlyArray<unknown> => Array.isArray(value) ? value : []

export interface CommandFound {
  readonly file: string
  /** `hget`, `xgroup|create`. */
  readonly command: string
}

/** What ioredis sends by itself, and by which words it is told to. */
const byIoredis = [
  [/\busername: .*\bpassword: /, "auth"],
  [/\bconnectionName:/, "client|setname"],
  [/\bio\.subscribe\(/, "subscribe"]
] as const

/** To learn the slot of a key, or an answer. */
const notSent = /new Command\("GET"|startsWith\("READONLY"/g

/** `blockMs.ts` knows how long commands block, and sends none. */
const speaksToRedis = (file: string, text: string) =>
  /^layers\/(?:redis|queue|instances|config|rules)\/(?!blockMs)/.test(file) || /redis\/Redis\w*\.ts"/.test(text)

/**
 * Finds each text in the code that is the name of a command, in every file that speaks to Redis, whatever function it
 * is given to: so none can be missed by being sent another way.
 */
export const commandsInCode = (table: CommandTable): ReadonlyArray<CommandFound> =>
  globSync(["layers/**/*.{ts,lua}", "services/**/*.ts"], { cwd: repository }).flatMap((file) => {
    const text = readFileSync(join(repository, file), "utf8").replaceAll(notSent, "")
    if (!speaksToRedis(file, text)) return []
    const literals = Array.from(text.matchAll(/(["'])([A-Z]+)\1(?:,\s*(["'])([A-Z-]+)\3)?/g), (match) => {
      const [name, sub] = [match[2]?.toLowerCase() ?? "", match[4]?.toLowerCase() ?? ""]
      return [name, `${name}|${sub}`].filter((command) => table.has(command))
    }).flat()
    const implied = byIoredis.filter(([words]) => words.test(text)).map(([, command]) => command)
    return [...literals, ...implied].map((command) => ({ file, command }))
  })
