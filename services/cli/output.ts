import { Console } from "effect"

/** What a terminal would obey beyond ASCII: C1 controls, marks that turn the direction of text, line separators. */
const beyondAscii = "\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
/** Those that JSON leaves as they are. */
export const unsafe = new RegExp(`[${beyondAscii}]`, "g")
const unsafeOrControl = new RegExp(`[\u0000-\u001f${beyondAscii}]`, "g")

export const escaped = (character: string): string =>
  character === "\n" ? "\\n" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`

/** Makes one line safe for a terminal: shows what it would obey as JSON escapes. */
export const printable = (line: string): string => line.replace(unsafeOrControl, escaped)

/** Writes JSON that is safe for a terminal, too. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(unsafe, escaped)

/** Prints lines. Nothing is printed elsewhere, so that a line break in foreign text makes no line. */
export const print = (lines: ReadonlyArray<string>) => Console.log(lines.map(printable).join("\n"))

export const printError = (lines: ReadonlyArray<string>) => Console.error(lines.map(printable).join("\n"))

export const printJson = (value: unknown, indent?: number) => Console.log(jsonText(value, indent))

/** Prints text whose lines are safe for a terminal already. */
export const printText = (text: string) => Console.log(text)

/** Lays out rows under their titles, in columns as wide as they need. */
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

/** Prints the answer of a command: one line of JSON, or lines for people. */
export const answer = (json: boolean, value: unknown, words: string | ReadonlyArray<string>) =>
  json ? printJson(value) : print(typeof words === "string" ? [words] : words)

export const shown = (value: unknown): string => typeof value === "string" ? value : JSON.stringify(value)
