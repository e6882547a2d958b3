import { Console, Option } from "effect"
import { CliOutput, type HelpDoc } from "effect/cli"

const width = 120

/** Text in lines no longer than there is room, each after the first below the beginning of the first. */
const wrapped = (text: string, indent: number): string =>
  text.split("\n").flatMap((line) => line.match(new RegExp(`.{1,${width - indent}}(?: |$)|\\S+ ?`, "g")) ?? [""])
    .join(`\n${" ".repeat(indent)}`).replaceAll(/ +$/gm, "")

/** Where the descriptions of flags begin, as `effect/cli` lays them out. */
const columnOf = (flags: ReadonlyArray<HelpDoc.FlagDoc>): number =>
  6 + Math.max(
    ...flags.map(({ aliases, name, type }) =>
      [`--${name}`, ...aliases].join(", ").length + (type === "boolean" ? 0 : type.length + 1)
    )
  )

/** Help as `effect/cli` has it, with lines that fit a terminal, and its own flags at the end of the others. */
const readable = (doc: HelpDoc.HelpDoc): HelpDoc.HelpDoc => {
  const flags = [...doc.flags, ...doc.globalFlags ?? []]
  const column = columnOf(flags)
  return {
    ...doc,
    // It stands in the sources in lines of their width; an empty line begins a paragraph.
    description: wrapped(doc.description.replaceAll(/(?<!\n)\n(?!\n)/g, " "), 2),
    flags: flags.map(({ aliases, description, name, required, type }) => ({
      aliases,
      name,
      required,
      type,
      description: Option.map(description, (text) => wrapped(text, column))
    })),
    globalFlags: []
  }
}

/** Prints help, or in a line or two what is wrong with the words behind a command. */
export const presenter = (command: string): CliOutput.Presenter => ({
  present: (event) => {
    const formatter = CliOutput.defaultFormatter()
    if (event._tag === "Help") return Console.log(formatter.formatHelpDoc(readable(event.helpDoc)))
    if (event._tag === "Version") return Console.log(formatter.formatVersion(event.name, event.version))
    const wrong = event.errors.map((error) => formatter.formatCliError(error)).join("\n")
    return Console.error(`${wrong}\n\n${command} --help says what there is.`)
  }
})
