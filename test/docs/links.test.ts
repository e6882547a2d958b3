import { assert, describe, it } from "@effect/vitest"
import { globSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { repository } from "../../scripts/stack/Paths.ts"
import { anchor, codeSpans, headings, pages, prose, read } from "./documents.ts"

const exists = (path: string) => globSync(path.replace(/\/$/, ""), { cwd: repository }).length > 0

describe("what the docs lead to", () => {
  it("is there: each file and each heading that a link names", () => {
    const broken: Array<string> = []
    let seen = 0
    for (const page of pages) {
      for (const [, target = ""] of prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue
        seen++
        const [file = "", heading] = target.split("#")
        const path = file === "" ? page : normalize(join(dirname(page), file))
        const found = exists(path) && (heading === undefined || headings(read(path)).map(anchor).includes(heading))
        if (!found) broken.push(`${page}: ${target}`)
      }
    }
    assert.deepStrictEqual(broken, [])
    assert.isAbove(seen, 20)
  })

  it("is there: each file of the repository that is named", () => {
    const named = pages.flatMap((page) =>
      codeSpans(read(page))
        .filter((span) => /^(?:\.\.\/)*(?:src|layers|services|scripts|test|docs)\/[\w./*-]+$/.test(span))
        .map((span) => [page, span] as const)
    )
    assert.deepStrictEqual(named.filter(([, path]) => !exists(path)), [])
    assert.isAbove(named.length, 20)
  })
})
