import { assert, describe, it } from "@effect/vitest"
import { pages, prose, read } from "./documents.ts"

const longest = 120

/** A row of a table can't be broken. `CHANGELOG.md` has one line for each change. */
const isBroken = (line: string): boolean => line.length > longest && !line.startsWith("|")

describe("the text of the docs", () => {
  it(`has lines of at most ${longest} characters, tables and code aside`, () => {
    const long = pages.filter((page) => page !== "CHANGELOG.md").flatMap((page) =>
      prose(read(page)).split("\n").filter(isBroken).map((line) => `${page}: ${line.slice(0, 60)}…`)
    )
    assert.deepStrictEqual(long, [])
  })
})
