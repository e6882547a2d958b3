import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { withSettingsTable } from "../../../scripts/docs/settingsTable.ts"

const root = new URL("../../../", import.meta.url).pathname
const page = readFileSync(`${root}docs/CONFIGURATION.md`, "utf8")

describe("docs/CONFIGURATION.md", () => {
  it("has the table of settings as the registry has them (npm run docs makes it anew)", () => {
    assert.strictEqual(withSettingsTable(page), page)
  })

  it("names every static setting that a program reads", () => {
    const sources = globSync(["layers/config/*.ts", "services/*/*Settings.ts"], { cwd: root })
    const names = sources.flatMap((file) =>
      [...readFileSync(root + file, "utf8").matchAll(/[sS]etting\(\s*"([A-Z_]+)"|name: "([A-Z_]+)"/g)].map((found) =>
        found[1] ?? found[2] ?? ""
      )
    )
    assert.isAbove(names.length, 30)
    for (const name of names) assert.include(page, `\`${name}\``)
  })
})
