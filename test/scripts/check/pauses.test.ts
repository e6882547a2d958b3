import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { sourceFiles } from "../../../scripts/check/sourceFiles.ts"
import { repository } from "../../../scripts/stack/Paths.ts"

/** A step of a test that is nothing but a pause of a tenth of a second or more. Whole programs are left to their faults. */
const pause = /yield\* Effect\.sleep\("(?:\d+ (?:second|minute)s?|\d{3,} millis)"\)/

describe("tests", () => {
  it("wait for what happens, and never for a time", () => {
    const parts = sourceFiles().filter((path) => /^test\/(?!acceptance\/).*\.ts$/.test(path))
    assert.isAbove(parts.length, 200)
    assert.deepStrictEqual(parts.filter((path) => pause.test(readFileSync(join(repository, path), "utf8"))), [])
  })
})
