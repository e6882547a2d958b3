import { Console } from "effect"

/** Obeyed by terminals, or turning the direction of what stands around them, outside of ASCII: C1, bidi marks, line separators. */
const beyondAscii = "\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
const unsafe = new RegExp(`[${beyondAscii}]`, "g")
const unsafeOrControl = new RegExp(`[\u0000-\u001f${beyondAscii}]`, "g")

const escaped = (character: string): string =>
  character === "\n" ? "\\n" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`

/** One line for a terminal, whoever wrote it: what a terminal would obey is shown as JSON writes it. */
export const printable = (line: string): string => line.replace(unsafeOrControl, escaped)

/** JSON that may be shown as well: what it leaves as it is and a terminal would obey, is escaped. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(unsafe, escaped)

/** Everything the command says goes through here, line by line: a line break in what a device or person wrote makes no line. */
export const print = (lines: ReadonlyArray<string>) => Console.log(lines.map(printable).join("\n"))

export const printError = (lines: ReadonlyArray<string>) => Console.error(lines.map(printable).join("\n"))

export const printJson = (value: unknown, indent?: number) => Console.log(jsonText(value, indent))

/** Rows under their titles, in columns as wide as they need: a line for each. */
export const table = (
  titles: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>
): ReadonlyArray<string> => {
  const safe = rows.map((row) => row.map(printable))
  const widths = titles.map((title, column) =>
    safe.reduce((most, row) => Math.max(most, (row[column] ?? "").length), title.length)
  )
  const line = (cells: ReadonlyArray<string>) =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  return [line(titles), ...safe.map(line)]
}

/** The answer of a command: one line of JSON, or a line or more for people. */
export const answer = (json: boolean, value: unknown, words: string | ReadonlyArray<string>) =>
  json ? printJson(value) : print(typeof words === "string" ? [words] : words)

export const shown = (value: unknown): string => typeof value === "string" ? value : JSON.stringify(value)
