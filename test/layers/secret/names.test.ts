import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { fixedNames, isCredential, partOf } from "../../../layers/secret/names.ts"

const page = readFileSync(new URL("../../../docs/CONFIGURATION.md", import.meta.url), "utf8")

describe("names of secrets", () => {
  it("have two values when they are passwords or keys, and one when they are users or lists", () => {
    const all = new Set(fixedNames)
    const users = fixedNames.filter((name) => !isCredential(name))
    assert.deepStrictEqual(users, ["DB_USER", "REDIS_ADMIN_USER"])
    assert.include(page, "The names of users (`DB_USER`, `REDIS_ADMIN_USER`)")
    for (const name of fixedNames) {
      const plain = partOf(name).part === undefined
      assert.strictEqual(all.has(`${name}_NEXT`), plain && !users.includes(name), name)
      assert.strictEqual(all.has(`${name}_CURRENT`), all.has(`${name}_NEXT`), name)
    }
  })
})
