import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"
import manifest from "../../../package.json" with { type: "json" }
import { chartFiles } from "../../../scripts/chart/chartFiles.ts"
import { chartFolder } from "../../../scripts/chart/chartFolder.ts"
import { repository } from "../../../scripts/stack/Paths.ts"
import { at } from "./rendered.ts"

const read = (path: string) => readFileSync(join(repository, path), "utf8")

describe("the files of the chart", () => {
  it.each(chartFiles)("$path is as the code has it (npm run docs makes it anew)", ({ path, text }) => {
    assert.strictEqual(read(path), text())
  })

  it("are of the version that MUTT is", () => {
    const { appVersion, version } = parse(read(`${chartFolder}/Chart.yaml`))
    assert.deepStrictEqual([version, appVersion], [manifest.version, manifest.version])
  })

  it("have a default, and so a row in the table, for every value that the schema lets in", () => {
    /** Names that a user makes up, or that MUTT has a default for. */
    const free = /^\.global$|\.(?:settings|hosts)$/
    const missing = (schema: object, values: unknown, path = ""): ReadonlyArray<string> =>
      Object.entries(at(schema, "properties") ?? {}).flatMap(([name, inner]) => {
        const here = `${path}.${name}`
        const value = at(values, name)
        if (free.test(here)) return []
        return value === undefined ? [here] : missing(inner, value, here)
      })
    const schema = JSON.parse(read(`${chartFolder}/values.schema.json`))
    assert.deepStrictEqual(missing(schema, parse(read(`${chartFolder}/values.yaml`))), [])
  })
})
