import { Console } from "effect"

/** Rows under their titles, in columns as wide as they need. */
export const table = (titles: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = titles.map((title, column) =>
    rows.reduce((most, row) => Math.max(most, (row[column] ?? "").length), title.length)
  )
  const line = (cells: ReadonlyArray<string>) =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  return [line(titles), ...rows.map(line)].join("\n")
}

/** The answer of a command: one line of JSON, or words for people. */
export const answer = (json: boolean, value: unknown, words: string) =>
  Console.log(json ? JSON.stringify(value) : words)

export const shown = (value: unknown): string => typeof value === "string" ? value : JSON.stringify(value)
