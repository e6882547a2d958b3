import { settingKeys, settings } from "../../src/domain/Settings.ts"

const begin = "<!-- The table is made from src/domain/Settings.ts by `npm run docs`. -->"
const end = "<!-- End of the table. -->"

const row = (cells: ReadonlyArray<string>): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`

/** Every dynamic setting as a Markdown table. */
export const settingsTable = (): string =>
  [
    row(["setting", "default", "range", "unit", "takes effect in", "meaning"]),
    row(["---", "---", "---", "---", "---", "---"]),
    ...settingKeys.map((key) => {
      const { default: standard, description, programs, range, unit } = settings[key]
      return row([`\`${key}\``, String(standard), range, unit, programs.join(", "), description])
    })
  ].join("\n")

/** The page with its table made anew. Throws when the marks that hold the table are gone. */
export const withSettingsTable = (page: string): string => {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`The page has lost the marks ${begin} and ${end}`)
  return `${page.slice(0, from + begin.length)}\n\n${settingsTable()}\n\n${page.slice(to)}`
}
