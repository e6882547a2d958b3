import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { preload } from "../../services/runtimeFlags.ts"

const found = (options: ReadonlyArray<string>): Record<string, string> =>
  JSON.parse(
    execFileSync(process.execPath, [...options, join(import.meta.dirname, "whereImportsLead.ts")], {
      encoding: "utf8",
      maxBuffer: 16_777_216
    })
  )

describe("the preload of programs", () => {
  it("leads each import of the four programs where Node would find it", () => {
    const byNode = found([])
    assert.isAbove(Object.keys(byNode).length, 1_000)
    assert.deepStrictEqual(found(["--import", preload]), byNode)
  })
})
