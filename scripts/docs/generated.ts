/** A part of a page that is made from the code, held between two marks. */
export interface Generated {
  readonly page: string
  readonly mark: string
  readonly text: () => string
}

/** The page with its part made anew. Throws when the marks that hold it are gone. */
export const withGenerated = (page: string, { mark, text }: Pick<Generated, "mark" | "text">): string => {
  const [begin, end] = [`<!-- ${mark}: made by \`npm run docs\`. -->`, `<!-- End of ${mark}. -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`The page has lost the marks ${begin} and ${end}`)
  return `${page.slice(0, from + begin.length)}\n\n${text()}\n\n${page.slice(to)}`
}

/** A Markdown table. */
export const markdownTable = (titles: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [titles, titles.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n")

/** Text in lines of at most 120 characters. */
export const wrapped = (text: string): string => text.replaceAll(/(.{1,120})(?: |$)/g, "$1\n").trimEnd()
