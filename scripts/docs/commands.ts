import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { repository } from "../stack/Paths.ts"
import { markdownTable } from "./generated.ts"

interface Command {
  /** `config set`; empty for the program itself. */
  readonly name: string
  readonly does: string
  /** `--reason`, in the order of its help. */
  readonly options: ReadonlyArray<string>
  /** What each option does. */
  readonly meanings: ReadonlyMap<string, string>
}

const begun = /(?<!not )__fish_seen_subcommand_from ([\w-]+)/g
const told =
  /^complete -c .*? -n '((?:[^'\\]|\\.)*)' (?:-l ([\w-]+)(?: -d '((?:[^'\\]|\\.)*)')?|-f -a '([a-z][\w-]*)' -d '((?:[^'\\]|\\.)*)')/

/** Every command and option of a program that `effect/cli` reads, as its completions have them. */
export const commandsOf = (script: string): ReadonlyArray<Command> => {
  const text = execFileSync(process.execPath, [join(repository, script), "--completions", "fish"], { encoding: "utf8" })
  const does = new Map<string, string>([["", ""]])
  const options = new Map<string, Map<string, string>>()
  for (const line of text.split("\n")) {
    const [, condition, option, meaning = "", subcommand, description = ""] = told.exec(line) ?? []
    if (condition === undefined) continue
    const path = [...condition.matchAll(begun)].map(([, word]) => word).join(" ")
    if (subcommand !== undefined) does.set(`${path} ${subcommand}`.trim(), description.replaceAll("\\'", "'"))
    // Each switch `--json` has a `--no-json`.
    const positive = option?.startsWith("no-") === true ? undefined : option
    if (positive === undefined) continue
    const known = options.get(path) ?? new Map<string, string>()
    options.set(path, known.set(`--${positive}`, meaning.replaceAll("\\'", "'")))
  }
  return [...does].map(([name, does]) => {
    const meanings = options.get(name) ?? new Map<string, string>()
    return { name, does, options: [...meanings.keys()], meanings }
  })
}

/** What every command has that speaks to MUTT. */
const connection = ["--url", "--key", "--ca", "--json"]
const speaks = ({ options }: Command) => connection.every((option) => options.includes(option))
const words = (all: ReadonlyArray<string>) => all.map((one) => `\`${one}\``).join(" ")

export const commandsTable = (): string => {
  const found = commandsOf("scripts/mutt.ts")
  const isLeaf = (name: string) => !found.some((other) => other.name.startsWith(`${name} `))
  const all = found.filter(({ name, options }) => name !== "" && (options.length > 0 || isLeaf(name)))
  const table = markdownTable(
    ["command", "options", "does"],
    all.map((command) => [
      `\`mutt ${command.name}\``,
      words(command.options.filter((option) => !speaks(command) || !connection.includes(option))),
      command.does
    ])
  )
  // A group that is silent as a whole is named once.
  const groupOf = (name: string) => {
    const [group = ""] = name.split(" ")
    return all.some((one) => one.name.startsWith(`${group} `) && speaks(one)) ? name : group
  }
  const silent = [...new Set(all.filter((command) => !speaks(command)).map(({ name }) => `\`mutt ${groupOf(name)}\``))]
  return `${table}\n\nAll but ${silent.slice(0, -1).join(", ")} and ${silent.at(-1)}\nspeak to MUTT and have ${
    words(connection)
  } too.`
}
