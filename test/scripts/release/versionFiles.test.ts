import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import manifest from "../../../package.json" with { type: "json" }
import { versionFiles, withVersion } from "../../../scripts/release/versionFiles.ts"
import { version } from "../../../src/api/shared/version.ts"

describe("the version", () => {
  it("is the same in the package and in the documents of the APIs", () => {
    assert.strictEqual(version, manifest.version)
  })

  it.each(versionFiles)("is written to $path and found there again", (file) => {
    const text = readFileSync(file.path, "utf8")
    const changed = withVersion(file, text, "9.8.7-rc.1")
    assert.isAtLeast(changed.split("9.8.7-rc.1").length - 1, file.patterns.length)
    assert.strictEqual(withVersion(file, changed, manifest.version), text)
  })

  it("is refused where a file has none", () => {
    for (const file of versionFiles) assert.throws(() => withVersion(file, "{}", "1.0.0"), file.path)
  })
})
