/** A row as it is exported: names and plain values. */
export type ExportRow = Readonly<Record<string, string | number | boolean | null>>

/** A spreadsheet would run it: devices choose what their messages begin with. */
const runs = /^[=+\-@\t\r]/

/** One cell. What a spreadsheet would take for a formula begins with `'`, which makes it text. */
export const csvCell = (value: ExportRow[string] | undefined): string => {
  if (value === null || value === undefined) return ""
  if (typeof value !== "string") return String(value)
  const safe = runs.test(value) ? `'${value}` : value
  return safe !== value || /["\n\r,;]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll("\"", "\"\"")}"` : safe
}

/** Lines with CRLF, as RFC 4180 has them. */
export const csvLines = (columns: ReadonlyArray<string>, rows: ReadonlyArray<ExportRow>): string =>
  rows.map((row) => `${columns.map((column) => csvCell(row[column])).join(",")}\r\n`).join("")

export const ndjsonLines = (rows: ReadonlyArray<ExportRow>): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("")
