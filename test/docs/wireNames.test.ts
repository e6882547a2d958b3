import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { wireNames } from "./wireNames.ts"

describe("names that others rely on", () => {
  const listed = JSON.parse(readFileSync(new URL("wireNames.json", import.meta.url), "utf8"))

  for (const [kind, names] of Object.entries(wireNames())) {
    it(`are those of test/docs/wireNames.json: ${kind}`, () => {
      assert.isNotEmpty(names)
      assert.deepStrictEqual(names, listed[kind])
    })
  }
})
