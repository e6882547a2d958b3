import { readFileSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../stack/Paths.ts"

/** One variable of the tables in docs/CONFIGURATION.md. */
export interface StaticSetting {
  readonly name: string
  /** As the page has it: a value, or words. */
  readonly standard: string
  readonly meaning: string
}

export interface SettingTable {
  readonly heading: string
  readonly settings: ReadonlyArray<StaticSetting>
}

/** The tables of variables, by their headings on the page; the first is of every program. */
export const tableHeadings = ["Every program", "Ingestor", "Alerter", "Moog forwarder", "Web UI"] as const

/** Markdown as plain text: links become their words. */
const plain = (text: string): string => text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "").trim()

/** The cells of a row; `\|` is no border. */
const cellsOf = (row: string): ReadonlyArray<string> =>
  row.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.replaceAll("\\|", "|").trim())

const settingsOf = (row: string): ReadonlyArray<StaticSetting> => {
  const [names = "", standards = "", meaning = ""] = cellsOf(row)
  const variables = names.split(", ").map(plain)
  const values = plain(standards).split(", ")
  return variables.map((name, index) => ({
    name,
    // Some rows give one value for all of their variables.
    standard: values.length === variables.length ? values[index] ?? "" : plain(standards),
    meaning: plain(meaning)
  }))
}

/** What docs/CONFIGURATION.md says of static settings; a test holds the page to the code. */
export const settingTables = (): ReadonlyArray<SettingTable> => {
  const page = readFileSync(join(repository, "docs/CONFIGURATION.md"), "utf8")
  return tableHeadings.map((heading) => {
    const [, section] = page.split(`\n### ${heading}\n`)
    if (section === undefined) throw new Error(`docs/CONFIGURATION.md has no heading "${heading}"`)
    const [part = ""] = section.split(/\n##+ /)
    const rows = part.split("\n").filter((line) => line.startsWith("| `"))
    return { heading, settings: rows.flatMap(settingsOf) }
  })
}
