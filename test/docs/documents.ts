import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../../scripts/stack/Paths.ts"

export const read = (file: string): string => readFileSync(join(repository, file), "utf8")

/** Every page that a user may read, but for the list of what they claim. */
export const pages: ReadonlyArray<string> = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...globSync(["docs/*.md", "docs/decisions/*.md"], { cwd: repository }).filter((page) => page !== "docs/CLAIMS.md")
    .sort()
]

const fence = /^( *)```([^\n]*)\n([\s\S]*?)^\1```$/gm

export interface Fence {
  /** What stands behind the first mark: `sh check`. */
  readonly language: string
  readonly text: string
}

/** Blocks of code. */
export const fences = (page: string): ReadonlyArray<Fence> =>
  [...page.matchAll(fence)].map(([, , language = "", text = ""]) => ({ language, text }))

/** The page without its blocks of code. */
export const prose = (page: string): string => page.replaceAll(fence, "")

/** What stands in code font within the text. */
export const codeSpans = (page: string): ReadonlyArray<string> =>
  [...prose(page).matchAll(/``(.+?)``|`([^`]+)`/g)].map(([, long, short]) =>
    (long ?? short ?? "").replaceAll("\\|", "|")
  )

export const headings = (page: string): ReadonlyArray<string> =>
  [...prose(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = ""]) => title.replaceAll("`", ""))

/** As GitHub makes it of a heading. */
export const anchor = (heading: string): string =>
  heading.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-")

/** All that MUTT consists of, tests aside. */
export const code: ReadonlyArray<string> = globSync([
  "{src,layers,services,scripts}/**/*.{ts,js,html,sh,lua,cjs,json}",
  "scripts/snmptrap-to-mutt",
  "package.json"
], {
  cwd: repository
}).filter((file) => !file.startsWith("scripts/bench/baselines")).sort()
