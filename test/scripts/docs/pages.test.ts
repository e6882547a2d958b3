import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { withGenerated } from "../../../scripts/docs/generated.ts"
import { metrics } from "../../../scripts/docs/metricsTable.ts"
import { pages } from "../../../scripts/docs/pages.ts"
import { repository } from "../../../scripts/stack/Paths.ts"

const read = (file: string) => readFileSync(join(repository, file), "utf8")

describe("the pages of docs", () => {
  it.each(pages)("$page has $mark as the code has it (npm run docs makes it anew)", (part) => {
    assert.strictEqual(withGenerated(read(part.page), part), read(part.page))
  })

  it("name every static setting that a program reads", () => {
    const sources = globSync(["layers/config/*.ts", "services/*/*Settings.ts"], { cwd: repository })
    const names = sources.flatMap((file) =>
      [...read(file).matchAll(/[sS]etting\(\s*"([A-Z_]+)"|name: "([A-Z_]+)"/g)].map((found) =>
        found[1] ?? found[2] ?? ""
      )
    )
    assert.isAbove(names.length, 30)
    for (const name of names) assert.include(read("docs/CONFIGURATION.md"), `\`${name}\``)
  })

  it("name every metric, and each is declared once", () => {
    const declared = metrics().map(({ name }) => name)
    assert.strictEqual(new Set(declared).size, declared.length)
    const used = globSync(["layers/**/*.ts", "services/**/*.ts"], { cwd: repository }).flatMap((file) =>
      [...read(file).matchAll(/(?:Metric\.\w+|\b(?:counters|latencyHistogram))\(\s*"([a-z]+_[a-z0-9_]+)"/g)].map((
        [, name = ""]
      ) => name)
    )
    assert.sameMembers(declared, used)
  })
})
