import { assert, describe, it } from "@effect/vitest"
import { RE2JS, RE2JSException } from "re2js"
import { patternText, randomNode, randomText, textOf } from "../../../scripts/bench/patternPairs.ts"
import { seeded } from "../../../scripts/bench/Random.ts"
import { nfaSearch } from "../../../src/matching/nfaSearch.ts"
import { compilePattern } from "../../../src/matching/Pattern.ts"

const compiled = (source: string): RE2JS | undefined => {
  try {
    return RE2JS.compile(source, RE2JS.CASE_INSENSITIVE)
  } catch (error) {
    if (error instanceof RE2JSException) return undefined
    throw error
  }
}

describe("following all ways at once", () => {
  it("finds what the engine finds, whatever pattern and text are", () => {
    const random = seeded(9)
    let found = 0
    for (let round = 0; round < 3_000; round++) {
      const source = patternText(randomNode(random, 3))
      const regex = compiled(source)
      if (regex === undefined || regex.programSize() > 1_000) continue
      const search = nfaSearch(regex)
      for (let texts = 0; texts < 4; texts++) {
        const text = textOf(randomText(random), seeded, random.int(24))
        const expected = regex.matcher(text).find()
        assert.strictEqual(search(text), expected, `${source} on ${JSON.stringify(text)}`)
        if (expected) found++
      }
    }
    assert.isAbove(found, 1_000)
  })

  it("knows the ends of lines and words, and characters beyond 65,535", () => {
    const cases = [
      ["(?m)^b$", "a\nb\nc", true],
      ["^b$", "a\nb\nc", false],
      ["a\\b.", "a😀", true],
      ["a\\B.", "a😀", false],
      ["^.$", "😀", true],
      ["(?s)^a.b$", "a\nb", true],
      ["^a.b$", "a\nb", false],
      ["^$", "", true],
      ["K", "\u212a", true]
    ] as const
    for (const [source, text, expected] of cases) {
      assert.strictEqual(nfaSearch(RE2JS.compile(source, RE2JS.CASE_INSENSITIVE))(text), expected, source)
    }
  })

  it("is what a pattern does whose states are too many, and the next text is searched as if nothing had been", () => {
    const pattern = compilePattern("\\b(?:[^z]){234}(?:\\pL|^|[\\pL\\d])a(?:ſ|z|\\p{Lu}|中)")
    if (typeof pattern === "string") return assert.fail(pattern)
    const unkind = textOf({ letters: "sſ", order: "cycle", seed: 1 }, seeded, 4_000)
    for (let round = 0; round < 3; round++) {
      assert.isFalse(pattern.test(`!${unkind}`))
      assert.isTrue(pattern.test(`!${unkind}Laz`))
      assert.isFalse(pattern.test("short"))
    }
  })
})
