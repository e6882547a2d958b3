import { assert, describe, it } from "@effect/vitest"
import { eventLimits } from "../../../../src/domain/Event.ts"
import { compilePattern, type Pattern } from "../../../../src/logic/matching/Pattern.ts"

const pattern = (source: string): Pattern => {
  const made = compilePattern(source)
  return typeof made === "string" ? assert.fail(made) : made
}

describe("a pattern", () => {
  it("of ordinary size reaches to the end of the longest message", () => {
    for (const source of ["(a+)+$", "Interface \\S+, changed state to (up|down)$", "\\d{1,3}(\\.\\d{1,3}){3}"]) {
      assert.isAtLeast(pattern(source).reach, eventLimits.message, source)
    }
  })

  it("of great size reaches a part of it, and goes by that part", () => {
    const { reach, test } = pattern("(\\w{20} ){8}|needle")
    assert.isBelow(reach, eventLimits.message)
    assert.isTrue(test("needle".padStart(reach, ".")))
    assert.isFalse(test("needle".padStart(reach + 1, ".")))
  })

  it("stays right when a text needs more states than it may keep", () => {
    const { test } = pattern("(a|b)*a(a|b){20}c")
    // Every 21 letters are different here, so that nearly every letter needs a state of its own.
    let seed = 1
    const letters = Array.from({ length: 20_000 }, () => ((seed = (seed * 48_271) % 2_147_483_647) & 64 ? "a" : "b"))
      .join("")
    assert.isFalse(test(letters))
    assert.isTrue(test(`${letters}a${"b".repeat(20)}c`))
    assert.isFalse(test(`${letters}b${"b".repeat(20)}c`))
  })
})
