import { assert, describe, it } from "@effect/vitest"
import { compilePattern, type Pattern } from "../../../src/matching/Pattern.ts"
import { groupPatterns } from "../../../src/matching/PatternGroup.ts"

const pattern = (source: string): Pattern => {
  const made = compilePattern(source)
  return typeof made === "string" ? assert.fail(made) : made
}
const groupsOf = (...sources: ReadonlyArray<string>) => groupPatterns(sources.map(pattern))

describe("patterns asked all at once", () => {
  it("are ruled out when none of them matches, and only then", () => {
    const [group] = groupsOf("^\\d+$", "[xyz]{3}", "(?i)\\bq\\b")
    assert.strictEqual(group?.patterns.length, 3)
    for (const text of ["42", "..ZYX..", "a Q b"]) assert.isTrue(group?.mayMatch(text), text)
    for (const text of ["", "4 2", "zz-y"]) assert.isFalse(group?.mayMatch(text), text)
  })

  it("are asked one by one when they cannot stand in one expression", () => {
    for (const sources of [["(?P<n>\\d)", "(?P<n>\\w)"], ["\\Q", "x"], ["\\Qa.", "b"]]) {
      assert.isTrue(groupsOf(...sources)[0]?.mayMatch("?"), sources.join())
    }
  })

  it("stand in groups of bounded size, in order", () => {
    const sources = Array.from({ length: 200 }, (_, index) => `^\\d{${(index % 9) + 1}}[a-f]{${index % 7}}$`)
    const groups = groupsOf(...sources)
    assert.isAbove(groups.length, 1)
    assert.deepStrictEqual(groups.flatMap((group) => group.patterns.map(({ source }) => source)), sources)
    for (const group of groups) assert.isAtMost(group.patterns.reduce((sum, { size }) => sum + size, 0), 300)
  })

  it("are asked one by one once their common states have been thrown away too often, and stay right", () => {
    const [group] = groupsOf("(a|b)*a(a|b){20}c", "(c|d)*c(c|d){20}e")
    let seed = 1
    const text = (letters: string) =>
      Array.from({ length: 4_000 }, () => letters[(seed = (seed * 48_271) % 2_147_483_647) & 1]).join("")
    for (let round = 0; round < 30; round++) {
      assert.isTrue(group?.mayMatch(`${text("ab")}a${"b".repeat(20)}c`))
    }
  })
})
